package io.hayloft.tokenizer.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.TagToken;
import com.hubspot.jinjava.util.ForLoop;
import com.hubspot.jinjava.util.ObjectIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code for x in list if condition ... else ... endfor}, with {@code loop.previtem} and {@code loop.nextitem}; what is set
 * in one round is gone in the next.
 */
final class PythonForTag extends ForTag {
    private static final long serialVersionUID = 1L;

    /** What {@code loop} stands for in a template; its getters are the names there. */
    public static final class Loop extends ForLoop {
        private final List<@Nullable Object> items;

        Loop(List<@Nullable Object> items) {
            super(items.iterator(), items.size());
            this.items = items;
        }

        /** The item before this one, if any. */
        public @Nullable Object getPrevitem() {
            return getIndex0() > 0 ? items.get(getIndex0() - 1) : null;
        }

        /** The item after this one, if any. */
        public @Nullable Object getNextitem() {
            return getIndex0() + 1 < items.size() ? items.get(getIndex0() + 1) : null;
        }
    }

    @Override
    public String interpretUnchecked(TagNode node, JinjavaInterpreter interpreter) {
        var head = getLoopVarsAndExpression((TagToken) node.getMaster());
        var names = head.getLeft();
        var expression = head.getRight();
        int condition = conditionStart(expression);
        var kept = new ArrayList<@Nullable Object>();
        var source = condition < 0 ? expression : expression.substring(0, condition);
        for (var item : items(interpreter.resolveELExpression(source, node.getLineNumber()))) {
            if (condition < 0 || holds(expression.substring(condition + 4), names, item, node, interpreter)) {
                kept.add(item);
            }
        }
        var children = new ArrayList<>(node.getChildren());
        int otherwise = 0;
        while (otherwise < children.size() && !isElse(children.get(otherwise))) {
            otherwise++;
        }
        var out = new StringBuilder();
        if (kept.isEmpty()) {
            for (var child : children.subList(Math.min(otherwise + 1, children.size()), children.size())) {
                out.append(child.render(interpreter).getValue());
            }
        } else {
            renderRounds(children.subList(0, otherwise), names, new Loop(kept), interpreter, out);
        }
        return out.toString();
    }

    private static void renderRounds(
            List<Node> body, List<String> names, Loop loop, JinjavaInterpreter interpreter, StringBuilder out) {
        while (loop.hasNext()) {
            var item = loop.next();
            try (var _ = interpreter.enterScope()) {
                interpreter.getContext().put(LOOP, loop);
                assign(names, item, interpreter);
                for (var child : body) {
                    out.append(child.render(interpreter).getValue());
                    if (loop.isContinued()) {
                        break;
                    }
                }
            }
        }
    }

    private static boolean isElse(Node node) {
        return node instanceof TagNode tag && tag.getName().equals("else");
    }

    /** What a value gives to a loop: the items of a list, the keys of a map, the characters of a text. */
    static List<@Nullable Object> items(@Nullable Object value) {
        var items = new ArrayList<@Nullable Object>();
        if (value instanceof CharSequence text) {
            text.codePoints().forEach(c -> items.add(Character.toString(c)));
        } else if (value instanceof Map<?, ?> map) {
            items.addAll(map.keySet());
        } else {
            for (var loop = ObjectIterator.getLoop(value); loop.hasNext(); ) {
                items.add(loop.next());
            }
        }
        return items;
    }

    private static boolean holds(
            String condition, List<String> names, @Nullable Object item, TagNode node, JinjavaInterpreter interpreter) {
        try (var _ = interpreter.enterScope()) {
            assign(names, item, interpreter);
            return Boolean.TRUE.equals(
                    interpreter.resolveELExpression("(" + condition + ") ? true : false", node.getLineNumber()));
        }
    }

    private static void assign(List<String> names, @Nullable Object item, JinjavaInterpreter interpreter) {
        for (int i = 0; i < names.size(); i++) {
            var part = item;
            if (names.size() > 1 && item instanceof Map.Entry<?, ?> entry) {
                part = i == 0 ? entry.getKey() : entry.getValue();
            } else if (names.size() > 1 && item instanceof List<?> list) {
                part = i < list.size() ? list.get(i) : null;
            }
            interpreter.getContext().put(names.get(i), interpreter.wrap(part));
        }
    }

    /** Where {@code " if "} stands outside of quotes and brackets, unless an {@code else} follows; or -1. */
    private static int conditionStart(String expression) {
        int depth = 0;
        char quote = 0;
        int found = -1;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (quote != 0) {
                if (c == '\\') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            } else if (depth == 0 && expression.startsWith(" if ", i)) {
                found = i;
            } else if (depth == 0 && expression.startsWith(" else ", i)) {
                found = -1;
            }
        }
        return found;
    }
}
