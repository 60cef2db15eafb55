package io.hayloft.tasks.ruler;

import io.hayloft.tasks.python.PythonJson;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A sample in the official form. The model gets {@code input} and {@code answerPrefix} joined.
 *
 * @param index number of the sample; of needles instead the place of the first answer in {@code input}, in characters
 * @param input the prompt up to the answer prefix
 * @param outputs the answers
 * @param length tokens of the joined prompt and those kept for the answer
 * @param answerPrefix how the answer begins
 * @param answerTokens tokens of {@code input} before the first answer; -1 where the official form has no such field
 */
public record RulerSample(
        int index, String input, List<String> outputs, int length, String answerPrefix, int answerTokens) {
    public RulerSample {
        outputs = List.copyOf(outputs);
    }

    /** The line of JSON that the official program writes, without a line feed. */
    public String toLine() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("index", index);
        fields.put("input", input);
        fields.put("outputs", outputs);
        fields.put("length", length);
        fields.put("length_w_model_temp", length);
        fields.put("answer_prefix", answerPrefix);
        if (answerTokens >= 0) {
            fields.put("token_position_answer", answerTokens);
        }
        return PythonJson.text(fields);
    }
}
