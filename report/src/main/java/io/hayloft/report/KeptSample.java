package io.hayloft.report;

import io.hayloft.bench.record.Json;
import io.hayloft.bench.record.KeptFile;
import io.hayloft.bench.record.KeptPrompt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * The tokens that methods kept of one prompt, as the page unpacks them.
 *
 * @param task name of the task
 * @param sample the sample's name
 * @param length prompt length asked for; 0 if the task has its own
 * @param protocol where its question stands
 * @param data the {@link KeptPrompt} as JSON, compressed with gzip, in base64
 */
record KeptSample(String task, String sample, int length, String protocol, String data) {
    /** Most characters of all data: what keeps a page small enough to open fast. */
    private static final int MOST = 1_300_000;

    /** The prompts of a run's folder that fit the page, in the order of their samples. */
    static List<KeptSample> of(Path folder) {
        var samples = new ArrayList<KeptSample>();
        int characters = 0;
        for (var prompt : KeptFile.read(folder)) {
            var data = packed(prompt);
            if (characters + data.length() <= MOST) {
                characters += data.length();
                samples.add(new KeptSample(prompt.task(), prompt.sample(), prompt.length(), prompt.protocol(), data));
            }
        }
        return samples;
    }

    private static String packed(KeptPrompt prompt) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(Json.line(prompt).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail so
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
