package io.hayloft.tasks.ruler;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.tasks.metric.UnicodeText;
import io.hayloft.tasks.ruler.RulerSettings.Dataset;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Inputs in the files that the official programs read, all in one folder. */
final class FolderInputs implements RulerInputs.Origin {
    private static final String HAYSTACK = "haystack.txt";
    private static final String ESSAYS = "PaulGrahamEssays.json";
    private static final String MORE_WORDS = "english_words.json";
    private static final List<String> FILES = List.of(
            HAYSTACK, ESSAYS, "nounlist.txt", "adjectivelist.txt", "verblist.txt", "squad.json", "hotpotqa.json");

    private final Path folder;

    FolderInputs(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UserError("no folder " + folder + ": it should hold RULER's input files, such as " + HAYSTACK);
        }
        this.folder = folder;
    }

    static boolean hasAny(Path folder) {
        return FILES.stream().anyMatch(file -> Files.isRegularFile(folder.resolve(file)));
    }

    @Override
    public String haystack() {
        var plain = folder.resolve(HAYSTACK);
        var essays = folder.resolve(ESSAYS);
        if (Files.isRegularFile(plain) || !Files.isRegularFile(essays)) {
            return notBlank(plain, text(plain));
        }
        return notBlank(essays, string(json(essays), "text", essays));
    }

    private static String notBlank(Path file, String text) {
        if (text.isBlank()) {
            throw new UserError(file + " holds no words: expected prose");
        }
        return text;
    }

    @Override
    public List<String> words(String list) {
        var file = folder.resolve(
                switch (list) {
                    case "nouns" -> "nounlist.txt";
                    case "adjectives" -> "adjectivelist.txt";
                    default -> "verblist.txt";
                });
        return notEmpty(file, text(file).lines().map(FolderInputs::withoutEnd).toList());
    }

    /** A line without the white space at its end. */
    private static String withoutEnd(String line) {
        int end = line.length();
        while (end > 0 && UnicodeText.isSpace(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(0, end);
    }

    @Override
    public List<String> moreWords() {
        var file = folder.resolve(MORE_WORDS);
        if (!Files.isRegularFile(file)) {
            throw new UserError(
                    "no " + file + ": a list this long needs more words than nouns, adjectives and verbs are;"
                            + " put RULER's " + MORE_WORDS + " there, or ask for shorter prompts");
        }
        return notEmpty(file, json(file).valueStream().map(JsonNode::asString).toList());
    }

    private static <T> List<T> notEmpty(Path file, List<T> list) {
        if (list.isEmpty()) {
            throw new UserError(file + " is empty");
        }
        return list;
    }

    @Override
    public QuestionSet questions(Dataset dataset) {
        var file = folder.resolve(dataset.name().toLowerCase(Locale.ROOT) + ".json");
        var set = dataset == Dataset.SQUAD ? squad(file) : hotpotqa(file);
        notEmpty(file, set.questions());
        return set;
    }

    private QuestionSet squad(Path file) {
        var set = new QuestionSet.Builder();
        for (var article : list(json(file), "data", file)) {
            var paragraphs = list(article, "paragraphs", file);
            var contexts =
                    paragraphs.stream().map(one -> string(one, "context", file)).toList();
            set.documents(contexts);
            for (int i = 0; i < contexts.size(); i++) {
                var own = contexts.get(i);
                var others =
                        contexts.stream().filter(other -> !other.equals(own)).toList();
                for (var question : list(paragraphs.get(i), "qas", file)) {
                    if (!truth(question, "is_impossible", file)) {
                        set.question(
                                string(question, "question", file),
                                list(question, "answers", file).stream()
                                        .map(answer -> string(answer, "text", file))
                                        .toList(),
                                List.of(own),
                                others);
                    }
                }
            }
        }
        return set.build();
    }

    private QuestionSet hotpotqa(Path file) {
        var set = new QuestionSet.Builder();
        for (var question : elements(json(file), file)) {
            var own = new ArrayList<String>();
            for (var document : list(question, "context", file)) {
                own.add(document.path(0).asString("") + "\n"
                        + document.path(1).valueStream().map(JsonNode::asString).collect(Collectors.joining()));
            }
            set.documents(own);
            set.question(string(question, "question", file), List.of(string(question, "answer", file)), own, List.of());
        }
        return set.build();
    }

    private static String string(JsonNode object, String field, Path file) {
        var value = object.path(field);
        if (!value.isString()) {
            throw new UserError(file + ": expected a text '" + field + "' in " + shortened(object));
        }
        return value.stringValue();
    }

    private static boolean truth(JsonNode object, String field, Path file) {
        var value = object.path(field);
        if (!value.isBoolean()) {
            throw new UserError(file + ": expected true or false as '" + field + "' in " + shortened(object)
                    + "; RULER reads SQuAD 2.0");
        }
        return value.booleanValue();
    }

    private static List<JsonNode> list(JsonNode object, String field, Path file) {
        var value = object.path(field);
        if (!value.isArray()) {
            throw new UserError(file + ": expected a list '" + field + "' in " + shortened(object));
        }
        return value.valueStream().toList();
    }

    private static List<JsonNode> elements(JsonNode value, Path file) {
        if (!value.isArray()) {
            throw new UserError(file + ": expected a list of questions");
        }
        return value.valueStream().toList();
    }

    private static String shortened(JsonNode node) {
        var text = node.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private static JsonNode json(Path file) {
        try {
            return JsonMapper.shared().readTree(text(file));
        } catch (JacksonException e) {
            throw new UserError(file + ": broken JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String text(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new UserError(
                    "no " + file.getFileName() + " in " + file.toAbsolutePath().getParent()
                            + ": this task reads it; leave out the folder to use Hayloft's own texts");
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new UserError(file + " is not UTF-8 text: save it as UTF-8", e);
        } catch (IOException e) {
            throw new UserError(file + " cannot be read: " + FileError.reason(e), e);
        }
    }
}
