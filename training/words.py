"""The closed vocabulary of 982 words that the mini suite's text is made of, and the templates of its filler sentences.

VOCABULARY[id] is the word of an id. The order of the words is that of the published model's embedding.
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
