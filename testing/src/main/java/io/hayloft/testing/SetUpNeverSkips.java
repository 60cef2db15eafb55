package io.hayloft.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Turns a skip in {@code @BeforeAll} into a failure. It would skip tests without counting them, and {@code @AfterAll} would
 * run with what was never set up. Found by JUnit in every room that has {@code testing} on its class path.
 */
public final class SetUpNeverSkips implements LifecycleMethodExecutionExceptionHandler {
    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        if (thrown instanceof TestAbortedException) {
            throw new AssertionError(
                    "@BeforeAll of " + context.getDisplayName() + " skips; ask for the data in the tests that need it",
                    thrown);
        }
        throw thrown;
    }
}
