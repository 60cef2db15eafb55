package io.hayloft.tokenizer.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code value is iterable}: in Python texts and maps are, too. */
final class IterableTest implements ExpTest {
    private static final long serialVersionUID = 1L;

    @Override
    public String getName() {
        return "iterable";
    }

    @Override
    public boolean evaluate(@Nullable Object value, JinjavaInterpreter interpreter, @Nullable Object... arguments) {
        return value instanceof Iterable<?>
                || value instanceof Map<?, ?>
                || value instanceof CharSequence
                || value instanceof Object[];
    }
}
