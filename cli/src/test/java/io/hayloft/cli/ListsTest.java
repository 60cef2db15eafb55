package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListsTest {
    @Test
    void splitsAtCommas() {
        assertThat(Lists.words("--x", List.of("a, b", "c,,d"))).containsExactly("a", "b", "c", "d");
        assertThat(Lists.words("--x", List.of())).isEmpty();
        assertThatThrownBy(() -> Lists.words("--x", List.of(" , ")))
                .isInstanceOf(UserError.class)
                .hasMessage("--x names nothing");
    }

    @Test
    void keepsTheCommasInsideAMethod() {
        assertThat(Lists.methods(
                        "--x",
                        List.of("full,snapkv:4x,window=64,kernel=7,kivi:k=4,v=2, random:8x + kivi:4bit,group=64")))
                .containsExactly(
                        "full", "snapkv:4x,window=64,kernel=7", "kivi:k=4,v=2", "random:8x + kivi:4bit,group=64");
        assertThat(Lists.methods("--x", List.of("snapkv:4x", "full"))).containsExactly("snapkv:4x", "full");
    }

    @Test
    void readsLengths() {
        assertThat(Lists.lengths("--x", List.of("512,4k"))).containsExactly(512, 4096);
    }
}
