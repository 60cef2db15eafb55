package io.hayloft.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

class SetUpNeverSkipsTest {
    /** Not found by the build, which leaves out nested classes. */
    static class Skipping {
        @BeforeAll
        static void ask() {
            Assumptions.assumeTrue(Skipping.class.isInterface(), "no data");
        }

        @Test
        void neverRuns() {}
    }

    @Test
    void aSkipInSetUpIsAFailure() {
        var listener = new SummaryGeneratingListener();
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(Skipping.class))
                .build();
        LauncherFactory.create().execute(request, listener);

        var failures = listener.getSummary().getFailures();
        assertThat(failures).hasSize(1);
        assertThat(failures.getFirst().getException())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Skipping skips")
                .hasRootCauseMessage("Assumption failed: no data");
    }
}
