package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.testing.VectorWidths;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class VectorWidthTest {
    /** Results, recorded attention of a prefill and probabilities of decode steps: see {@link AttentionBits}. */
    @Test
    void attentionHasTheSameBitsAtEveryWidth() throws IOException {
        var outputs = VectorWidths.outputs(AttentionBits.class);
        assertThat(outputs.getFirst()).hasSize(2 * 5 * Case.codecs().size());
        assertThat(outputs).allSatisfy(lines -> assertThat(lines).isEqualTo(outputs.getFirst()));
    }
}
