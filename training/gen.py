"""Seeded generator of the mini suite's text: seven kinds of long-context tasks over a closed vocabulary of 982 words.

The embedded model is trained on this text and knows no other; the mini suite in Java draws from the same words and
templates. A text is a list of token ids, VOCABULARY[id] is the word.
"""

import random

# --- Words ----------------------------------------------------------------------------------------------------------

# Nouns in twelve classes: the labels of the few-shot task stand for a class.
NOUN_CLASSES = [
    line.split()
    for line in """
        otter badger falcon heron lynx weasel rabbit sparrow turtle donkey beaver raven hedgehog salmon
        apple cherry plum melon fig quince lemon peach apricot mango olive pear currant banana
        hammer chisel wrench saw drill plane rasp anvil shovel ladder trowel clamp pliers mallet
        jacket scarf glove boot apron coat hat shawl belt sock vest cloak tunic sandal
        ferry tram wagon bicycle barge truck sledge canoe tractor carriage glider scooter train raft
        copper iron silver tin zinc nickel bronze lead brass steel cobalt chrome pewter gold
        violin flute drum harp trumpet cello oboe banjo organ lute piano horn fiddle bell
        thunder drizzle frost hail fog breeze snow sleet storm mist gale rainbow blizzard dew
        coffee cider milk tea cocoa lemonade wine broth juice ale punch brandy water syrup
        kitchen cellar attic balcony hallway pantry porch garage parlor stable chapel library office cabin
        basket kettle candle lantern mirror pillow carpet bottle bucket cup plate drawer curtain clock
        letter ledger map poem diary novel ticket contract recipe atlas essay leaflet notebook manual
    """.strip().splitlines()
]
NOUNS = [noun for nouns in NOUN_CLASSES for noun in nouns]
ADJECTIVES = """
    amber ancient bitter bold brave brief bright broken calm careful cheap clever cold costly crimson curious damp
    dark deep distant dry dull dusty eager early empty faint famous fancy fierce flat foreign fragile fresh gentle
    giant golden grand green grey happy heavy hidden hollow honest huge humble icy idle jolly keen large late lazy
    light little lively local lonely loud loyal lucky modern muddy narrow neat noble odd pale patient plain polite
    proud purple quiet quick rare ripe rough round royal rusty scarlet secret shallow sharp shiny silent simple
    slender small smooth soft solid spare steep strange strong sturdy subtle sunny sweet tall tame tender thick thin
    tidy tiny tired tough urgent vast violet vivid warm weary white wide wild wise wooden yellow young
""".split()
VERBS = """
    admired bought carried cleaned copied counted covered damaged described dropped drew examined exchanged followed
    forgot found gathered guarded hid ignored inspected kept lifted lost measured mended missed moved noticed
    ordered packed painted placed polished praised pushed reached received repaired returned saved sold sent shipped
    showed sketched stored studied traded used visited wanted washed weighed wrapped
""".split()
ADVERBS = "slowly quickly twice often rarely quietly again yesterday carefully later together alone gladly".split()
PREPOSITIONS = "near behind under beside above inside outside beyond against around".split()
FIRST_NAMES = """
    Omar Lena Tomas Ingrid Pavel Mina Rufus Clara Hugo Nadia Felix Greta Ivan Salma Bruno Petra Oscar Yara Dario
    Elsa Kofi Maren Silas Vera Jonas Talia Edgar Noor Axel Freya Milo Zara Anton Bella Cyrus Dora Emil Fiona Gavin
    Hana Isaac Julia Karim Lydia Marco Nina Otto Paula Quentin Rosa Stefan Thea Ursula Viktor Wanda Xenia Yusuf
    Zelda Amos Britta Caleb Delia Enzo Flora
""".split()
LAST_NAMES = """
    Hale Quist Barlow Novak Tanner Okoye Lindt Ferro Marsh Dunne Pike Sorel Voss Abbey Crane Drake Ellis Frobisher
    Grove Hobbs Irwin Jarvis Keane Lowell Mercer Nash Osgood Parry Quill Reyes Stroud Thorne Upton Vance Wilde Yates
    Zeller Archer Blythe Corbin Dalton Everly Fenner Garrick Holt Imrie Joyce Kemp Langley Moran Norris Oakley
    Paxton Radley Sutton Tilden Usher Varley Weston Yorke Ashby Bexley Colby Dorsey
""".split()
PLACES = """
    Marlow Tarn Belford Corrin Dunmere Eskdale Farrow Galton Hexley Ilford Jarrow Keld Lorne Malden Nairn Oban
    Penrith Ruthin Selby Torrin Ulver Verwood Wexham Yarrow Zennor Alston Brecon Cawdor Dornoch Elgin Fowey Girvan
    Helston Ixworth Kendal Larne Melrose Newlyn Ormsby Padstow Redruth Stroma Thurso Ullapool Ventnor Whitby Yeovil
    Ambleside Bodmin Crieff Dulver Exford Flint Goole Harwich Jura Kelso Looe Morley Neath Otley Pickering Ripon
    Skipton
""".split()
PLACE_KINDS = "Ridge Harbor Vale Bridge Heath Cross Point Moor Common Bay Hill Wood Falls Gate Park Mill".split()
COMPANIES = """
    Zentro Quibix Morvane Altrek Bluvia Cadrix Dynor Emberly Fluxon Gravix Helmar Inova Jentik Kortex Lumina Nexor
    Orbita Pylon Quantar Rivex Solvia Trident Umbra Vertix Wavelet Xylos Yonder Zephyr Arcadia Borealis Cinder
    Delphi Equinox Fathom Granite Horizon Icarus Juniper Keystone Lattice Meridian Nimbus Obelisk Paragon Quarry
    Rampart Sextant Tundra Unison Vanguard Willow Zenith
""".split()
COMPANY_KINDS = "Labs Works Motors Foods Textiles Press Shipping Energy Optics Trading Robotics Studios".split()
ATTRIBUTES = "gift prize hobby dream fear pet dish costume task duty tool memory story motto token symbol".split()

# Special tokens, digits, signs and the small words of the templates.
GLUE = """
    <pad> <bos> <eos> <unk> 0 1 2 3 4 5 6 7 8 9 . , : ; ? ! ( ) = + - * ' " [ ] { } The the a of is in and for to at
    by with that it this was not In Nobody When While After Before Everyone said they left had but cost coins
    because on one old Recall Question Answer Summary Key point Paragraph statement Document Input Label pass key
    Remember works located def self return end import from Then some people there Near Every morning before arrived
    who would
""".split()


def made_up_words(count, seed=7):
    """Words of no language, for labels and names of functions."""
    onsets = "b d f g k l m n p r s t v z br dr gl kr pl st tr sk".split()
    vowels = "a e i o u".split()
    codas = "n l r m k t x sh nd rp".split()
    endings = ["", "", "o", "a", "i"]
    taken = set(NOUNS) | set(ADJECTIVES) | set(VERBS)
    draw, found = random.Random(seed), set()
    while len(found) < count:
        word = draw.choice(onsets) + draw.choice(vowels) + draw.choice(codas) + draw.choice(endings)
        if word not in taken:
            found.add(word)
    return sorted(found)


MADE_UP = made_up_words(224)

VOCABULARY = list(
    dict.fromkeys(
        GLUE
        + [str(digit) for digit in range(10)]
        + NOUNS
        + ADJECTIVES
        + VERBS
        + ADVERBS
        + PREPOSITIONS
        + FIRST_NAMES
        + LAST_NAMES
        + PLACES
        + PLACE_KINDS
        + COMPANIES
        + COMPANY_KINDS
        + ATTRIBUTES
        + MADE_UP
    )
)
ID = {word: i for i, word in enumerate(VOCABULARY)}


def ids(text):
    """The ids of a text (words with blanks between, or a list of words)."""
    return [ID[word] for word in (text.split() if isinstance(text, str) else text)]


def text(token_ids):
    return " ".join(VOCABULARY[i] for i in token_ids)


BOS, EOS, DOT = ID["<bos>"], ID["<eos>"], ID["."]
DIGITS = ids("0 1 2 3 4 5 6 7 8 9")
CLASS_IDS = [ids(nouns) for nouns in NOUN_CLASSES]
NOUN_IDS, ADJECTIVE_IDS, VERB_IDS = ids(NOUNS), ids(ADJECTIVES), ids(VERBS)
FIRST_IDS, LAST_IDS = ids(FIRST_NAMES), ids(LAST_NAMES)
PLACE_IDS, PLACE_KIND_IDS = ids(PLACES), ids(PLACE_KINDS)
COMPANY_IDS, COMPANY_KIND_IDS = ids(COMPANIES), ids(COMPANY_KINDS)
ATTRIBUTE_IDS, MADE_UP_IDS = ids(ATTRIBUTES), ids(MADE_UP)

# --- Filler sentences -----------------------------------------------------------------------------------------------

# A capital letter stands for a word of its kind, # for a digit.
SLOTS = {
    "A": ADJECTIVE_IDS,
    "N": NOUN_IDS,
    "V": VERB_IDS,
    "D": ids(ADVERBS),
    "P": ids(PREPOSITIONS),
    "F": FIRST_IDS,
    "L": LAST_IDS,
    "C": PLACE_IDS,
    "T": PLACE_KIND_IDS,
    "K": COMPANY_IDS,
    "Y": COMPANY_KIND_IDS,
    "#": DIGITS,
}
TEMPLATES = [
    [SLOTS.get(word, ID.get(word)) for word in line.split()]
    for line in """
        The A N was P the N .
        F L V a A N in C T .
        Nobody V the A N before the N .
        In C T , F V the N D .
        When F arrived , the N was not in the N .
        Every morning F V some A N P the N .
        The N of K Y was A and A .
        Everyone said that the A N would cost # # coins .
        After the N , they V a N and a N .
        F V it D because the N was A .
        Near C , there was a A N P a N .
        While L V the N , F V the A N .
        some people V the A N at C T .
        Then K Y V one old N for # coins .
        F and L left the N in the N .
        but it was not A , and F D V the A N .
        Before that , F L had V a N by the A N .
        they said it was a A N with a A N .
    """.strip().splitlines()
]


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
