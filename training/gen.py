"""Seeded generator of the mini suite's text: seven kinds of long-context tasks over the closed vocabulary of words.py.

The embedded model is trained on this text and knows no other; the mini suite in Java draws from the same words and
templates. A text is a list of token ids, VOCABULARY[id] is the word.
"""

import random

from words import (
    ADJECTIVE_IDS,
    ATTRIBUTE_IDS,
    BOS,
    CLASS_IDS,
    COMPANY_IDS,
    COMPANY_KIND_IDS,
    DIGITS,
    DOT,
    FIRST_IDS,
    LAST_IDS,
    MADE_UP_IDS,
    NOUN_IDS,
    PLACE_IDS,
    PLACE_KIND_IDS,
    TEMPLATES,
    VERB_IDS,
    VOCABULARY,
    ids,
    text,
)


class Draw:
    """Random choices from a seed, which may be a text."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def number(self):
        return self.random.random()

    def below(self, limit):
        return int(self.number() * limit)

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def sample(self, choices, count):
        return self.random.sample(choices, count)

    def sentence(self):
        template = self.pick(TEMPLATES)
        return [slot if isinstance(slot, int) else self.pick(slot) for slot in template]

    def filler(self, tokens):
        """Sentences of at least this many tokens."""
        sentences = []
        while tokens > 0:
            sentences.append(self.sentence())
            tokens -= len(sentences[-1])
        return sentences


def weave(draw, sentences, facts, ordered=False):
    """Puts facts at random places among the sentences and joins all."""
    places = [draw.below(len(sentences) + 1) for _ in facts]
    if ordered:
        places.sort()
    at = {}
    for place, fact in zip(places, facts):
        at.setdefault(place, []).append(fact)
    tokens = []
    for i in range(len(sentences) + 1):
        for fact in at.get(i, ()):
            tokens += fact
        if i < len(sentences):
            tokens += sentences[i]
    return tokens


# --- Tasks ----------------------------------------------------------------------------------------------------------
# Each returns a context of about `tokens` tokens and its questions, pairs of (question, answer).

CATEGORIES = ["sd", "md", "sum", "fs", "ret", "code", "pk"]


def people(draw, count):
    found = set()
    while len(found) < count:
        found.add((draw.pick(FIRST_IDS), draw.pick(LAST_IDS)))
    return found


def single_document(draw, tokens, count):
    """The gift of Omar Hale is amber kettle ."""
    persons = people(draw, max(1, (count + 1) // 2))
    keys = [(person, attribute) for person in persons for attribute in draw.sample(ATTRIBUTE_IDS, 2)]
    facts, questions = [], []
    for (first, last), attribute in keys[:count]:
        value = [draw.pick(ADJECTIVE_IDS), draw.pick(NOUN_IDS), DOT]
        statement = ids("The") + [attribute] + ids("of") + [first, last] + ids("is")
        facts.append(statement + value)
        questions.append((ids("Recall :") + statement, value))
    return woven(draw, tokens, facts), questions


def pass_key(draw, tokens, count):
    """The pass key of the otter is 7 2 9 4 1 5 3 ."""
    facts, questions = [], []
    for noun in draw.sample(NOUN_IDS, count):
        key = [draw.pick(DIGITS) for _ in range(7)] + [DOT]
        statement = ids("The pass key of the") + [noun] + ids("is")
        facts.append(statement + key)
        questions.append((ids("Recall :") + statement, key))
    return woven(draw, tokens, facts), questions


def summary(draw, tokens, count):
    """Key point 1 : the A N V in C T . The question asks for all of them in order."""
    facts = []
    for i in range(count):
        point = [draw.pick(kind) for kind in (ADJECTIVE_IDS, NOUN_IDS, VERB_IDS)]
        place = [draw.pick(kind) for kind in (PLACE_IDS, PLACE_KIND_IDS)]
        facts.append(ids("Key point") + [DIGITS[i + 1]] + ids(": the") + point + ids("in") + place + [DOT])
    question, answer = ids("Summary :") + facts[0][:4], facts[0][4:] + sum(facts[1:], [])
    return woven(draw, tokens, facts, ordered=True), [(question, answer)]


def multi_document(draw, tokens, count):
    """A person works for a company; another document says where the company is located. Both are asked for."""
    persons = people(draw, count)
    companies = draw.sample(COMPANY_IDS, min(count, len(COMPANY_IDS)))
    facts, questions = [], []
    for person, name in zip(sorted(persons, key=lambda _: draw.number()), companies):
        company = [name, draw.pick(COMPANY_KIND_IDS)]
        place = [draw.pick(PLACE_IDS), draw.pick(PLACE_KIND_IDS), DOT]
        facts.append([*person] + ids("works for") + company + [DOT])
        facts.append(company + ids("is located in") + place)
        questions.append((ids("Recall :") + [*person] + ids("works for"), company + ids(", located in") + place))
    sentences = draw.filler(tokens - sum(map(len, facts)) - 8)
    documents = max(2, min(9, tokens // 64))
    step = max(1, len(sentences) // documents)
    for document in range(min(documents, (len(sentences) + step - 1) // step)):
        header = ids("Document") + [DIGITS[document + 1]] + ids(":")
        sentences[document * step] = header + sentences[document * step]
    return weave(draw, sentences, facts), questions


def retrieval(draw, tokens):
    """Paragraphs end with ( Paragraph d d ); the question quotes the last sentence of one."""
    per_paragraph = max(1, round(tokens / 80 / 11))
    numbers = draw.sample(range(10, 100), 90)
    context, questions = [], []
    while len(context) < tokens - 12 and numbers:
        number = numbers.pop()
        digits = [DIGITS[number // 10], DIGITS[number % 10]]
        count = 1 + draw.below(2 * per_paragraph) if per_paragraph > 1 else 1 + (draw.number() < 0.4)
        sentences = [draw.sentence() for _ in range(count)]
        ending = digits + ids(")")
        context += sum(sentences, []) + ids("( Paragraph") + ending
        questions.append((ids("Recall :") + sentences[-1] + ids("( Paragraph"), ending))
    draw.random.shuffle(questions)
    return context, questions


def few_shot_line(noun, label):
    return ids("Input :") + [noun] + ids("Label :") + label + [DOT]


def few_shot(draw, tokens):
    """Every class of nouns has a label of two made-up words; the question asks for that of a noun not shown."""
    count = 3 + draw.below(4) if tokens < 400 else 6
    classes = draw.sample(CLASS_IDS, count)
    names = draw.sample(MADE_UP_IDS, 2 * count)
    labels = [names[2 * i : 2 * i + 2] for i in range(count)]
    pools = [draw.sample(nouns, len(nouns)) for nouns in classes]
    held_out = [pool.pop() for pool in pools]
    context = []
    while len(context) < tokens - 8:
        i = draw.below(count)
        context += few_shot_line(draw.pick(pools[i]), labels[i])
    questions = [(ids("Input :") + [held_out[i]] + ids("Label :"), labels[i] + [DOT]) for i in range(count)]
    draw.random.shuffle(questions)
    return context, questions


def constructor(draw):
    """def f ( a , b , c ) : self . a = a ; ... return f ( a , b , c ) ; end   and which of its tokens are forced."""
    name = [draw.pick(MADE_UP_IDS)]
    a, b, c = ([word] for word in draw.sample(MADE_UP_IDS, 3))
    comma = ids(",")
    arguments = ids("(") + a + comma + b + comma + c + ids(")")
    tokens = ids("def") + name + arguments + ids(":")
    forced = [0] * len(tokens)
    for argument in (a, b, c):
        tokens += ids("self .") + argument + ids("=") + argument + ids(";")
        forced += [1] * 6
    tokens += ids("return") + name + arguments + ids("; end")
    return tokens, forced + [1] * (len(tokens) - len(forced))


def code(draw, tokens):
    """Constructors; the question is one up to "return f (", the answer its arguments."""
    context = []
    while len(context) < tokens - 40:
        context += constructor(draw)[0]
    last, _ = constructor(draw)
    return context, [(last[:31], last[31:])]


def woven(draw, tokens, facts, ordered=False):
    return weave(draw, draw.filler(tokens - sum(map(len, facts)) - 8), facts, ordered)


def document(draw, category, tokens, count):
    """The context and the questions of a category; `count` facts where it has facts."""
    if category in ("sd", "md", "sum", "pk"):
        task = {"sd": single_document, "md": multi_document, "sum": summary, "pk": pass_key}[category]
        return task(draw, tokens, count)
    return {"ret": retrieval, "fs": few_shot, "code": code}[category](draw, tokens)


# --- Training and evaluation ----------------------------------------------------------------------------------------


def train_sequence(draw, category, length):
    """Ids of a training text and, for each, whether it is a target (1) or only read (0)."""
    if category == "copy":
        tokens, targets = copying(draw, length)
    elif category == "code":
        tokens, targets = [BOS], [0]
        while len(tokens) < length:
            more, forced = constructor(draw)
            tokens += more
            targets += forced
    elif category == "fs":
        tokens, targets = labelled_examples(draw, length)
    else:
        tokens, targets = questions_and_answers(draw, category, length)
    padding = [0] * max(0, length - len(tokens))
    return (tokens + padding)[:length], (targets + padding)[:length]


def copying(draw, length):
    """Pieces of a segment come again; all but their first two tokens are targets. Teaches induction heads."""
    if draw.number() < 0.5:
        segment = [4 + draw.below(len(VOCABULARY) - 4) for _ in range(length // 3)]
    else:
        segment = sum(draw.filler(length // 3), [])
    tokens = [BOS] + segment
    targets = [0] * len(tokens)
    while len(tokens) < length:
        start = draw.below(len(segment) - 6)
        piece = segment[start : start + 5 + draw.below(20)]
        tokens += piece
        targets += [0, 0] + [1] * (len(piece) - 2)
    return tokens, targets


def labelled_examples(draw, length):
    """Few-shot lines; a label is a target once its class has been seen."""
    count = 2 + draw.below(5)
    classes = draw.sample(CLASS_IDS, count)
    names = draw.sample(MADE_UP_IDS, 2 * count)
    tokens, targets, seen = [BOS], [0], set()
    while len(tokens) < length:
        i = draw.below(count)
        tokens += few_shot_line(draw.pick(classes[i]), names[2 * i : 2 * i + 2])
        targets += [0] * 5 + ([1, 1, 0] if i in seen else [0, 0, 0])
        seen.add(i)
    return tokens, targets


def questions_and_answers(draw, category, length):
    """A document and questions about it, each at most twice; the answers are targets."""
    share = 0.5 if length <= 256 else 0.65 if length <= 512 else 0.75 if length <= 1024 else 0.85
    size = int(length * share)
    points, count = 2 + draw.below(3), 0  # drawn for every category: the published weights saw this order of draws
    if category == "sum":
        count = points
        size = length - 16 * count - 4
    elif category != "ret":
        most = {
            "sd": max(2, min(24, length // 24)),
            "pk": max(2, min(14, length // 40)),
            "md": max(1, min(12, length // 48)),
        }[category]
        count = max(1, int(most * (0.5 + 0.5 * draw.number())))
    context, questions = document(draw, category, size, count)
    tokens = [BOS] + context
    targets = [0] * len(tokens)
    draw.random.shuffle(questions)
    for question, answer in questions + questions:
        if len(tokens) >= length:
            break
        tokens += question + answer
        targets += [0] * len(question) + [1] * len(answer)
    return tokens, targets


def eval_item(category, length, seed):
    """A prompt of about `length` tokens and its answer; seeds of training and evaluation never meet."""
    draw = Draw(f"eval/{category}/{length}/{seed}")
    facts = {"sd": 4 + length // 256, "pk": 2, "sum": 3, "md": 3 + length // 512}.get(category, 0)
    context, questions = document(draw, category, length - 24, min(facts, 24))
    question, answer = draw.pick(questions)
    return [BOS] + context + question, answer


if __name__ == "__main__":
    for category in CATEGORIES:
        prompt, answer = eval_item(category, 256, 0)
        print(f"{category}: {len(prompt)} tokens ... {text(prompt[-30:])} => {text(answer)}")
