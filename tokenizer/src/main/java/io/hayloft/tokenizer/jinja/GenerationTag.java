package io.hayloft.tokenizer.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.TagNode;

/** {@code generation ... endgeneration} marks the assistant's words for training; here it only stands around them. */
final class GenerationTag implements Tag {
    private static final long serialVersionUID = 1L;

    @Override
    public String getName() {
        return "generation";
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
        var out = new StringBuilder();
        node.getChildren().forEach(child -> out.append(child.render(interpreter).getValue()));
        return out.toString();
    }
}
