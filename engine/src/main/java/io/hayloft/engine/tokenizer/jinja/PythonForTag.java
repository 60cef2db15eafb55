package io.hayloft.engine.tokenizer.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.TagToken;
import com.hubspot.jinjava.util.ObjectIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code for x in list if condition}, with an {@code else} part for when nothing is left. */
final class PythonForTag extends ForTag {
    private static final long serialVersionUID = 1L;

    @Override
    public String interpretUnchecked(TagNode node, JinjavaInterpreter interpreter) {
        var head = getLoopVarsAndExpression((TagToken) node.getMaster());
        var names = head.getLeft();
        var expression = head.getRight();
        int condition = conditionStart(expression);
        var items = interpreter.resolveELExpression(
                condition < 0 ? expression : expression.substring(0, condition), node.getLineNumber());
        var kept = new ArrayList<@Nullable Object>();
        for (var loop = ObjectIterator.getLoop(items); loop.hasNext(); ) {
            var item = loop.next();
            if (condition < 0 || holds(expression.substring(condition + 4), names, item, node, interpreter)) {
                kept.add(item);
            }
        }

        var body = new TagNode(this, (TagToken) node.getMaster(), node.getSymbols());
        var otherwise = new ArrayList<Node>();
        boolean afterElse = false;
        for (var child : node.getChildren()) {
            if (child instanceof TagNode tag && tag.getName().equals("else")) {
                afterElse = true;
            } else if (afterElse) {
                otherwise.add(child);
            } else {
                body.getChildren().add(child);
            }
        }
        if (!kept.isEmpty()) {
            return renderForCollection(body, interpreter, names, kept);
        }
        var out = new StringBuilder();
        otherwise.forEach(child -> out.append(child.render(interpreter).getValue()));
        return out.toString();
    }

    private static boolean holds(
            String condition, List<String> names, @Nullable Object item, TagNode node, JinjavaInterpreter interpreter) {
        try (var _ = interpreter.enterScope()) {
            for (int i = 0; i < names.size(); i++) {
                var part = item;
                if (names.size() > 1 && item instanceof Map.Entry<?, ?> entry) {
                    part = i == 0 ? entry.getKey() : entry.getValue();
                } else if (names.size() > 1 && item instanceof List<?> list) {
                    part = i < list.size() ? list.get(i) : null;
                }
                interpreter.getContext().put(names.get(i), part);
            }
            return Boolean.parseBoolean(String.valueOf(
                    interpreter.resolveELExpression("(" + condition + ") ? true : false", node.getLineNumber())));
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
