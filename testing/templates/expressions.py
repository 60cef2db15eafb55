"""Single expressions and blocks: each filter, test, statement and method with its arguments, and what they refuse."""

VARIABLES = {
    "s": "abcdef",
    "words": "The quick  brown\tfox\njumps",
    "mixed_case": "hELLO wORLD it's o'neil's x-ray",
    "uni": "Éa😀ßñ ΑΣ",
    "items": ["x", "y", "z"],
    "nums": [3, 1, 2, 10, -4],
    "n": 7,
    "zero": 0,
    "f": 2.5,
    "t": True,
    "nothing": None,
    "empty": "",
    "d": {"b": 2, "a": 1, "C": 3},
    "deep": {"a": {"b": [10, {"c": "deep"}]}, "items": "own", "get": 5, "x y": 1},
    "mixed": [1, "a", True, None, 2.0, {"k": "v"}],
    "people": [
        {"name": "bo", "age": 31, "city": "Rome", "tags": ["x"]},
        {"name": "Al", "age": 25, "city": "rome"},
        {"name": "cy", "age": 31, "city": "Oslo", "admin": True},
    ],
    "html": "<b>&\"it's\"</b>",
    "lines": "one\ntwo\n\n  three\r\nfour",
    "json": {"é": [1, 2.5, None, True], "q\"": {"x": "a\tb\\c\u0001\u007f"}, "l": [], "e": {}},
}

EXPRESSIONS = r"""
s[1:]
s[:-1]
s[::-2]
s[4:2]
s[-1]
s[9]
s['upper']()
s[1:4:2]
s[none:none:-1]
s[-100:100]
items[::-1]
items[-1]
items[5]
items['x']
items[1.0]
items[true]
items.1
items[items|length - 2]
(1, 2, 3)[1:]
range(10)[2:8:3]
range(5)[1:]
range(5)[-1]
n / 2
n // 2
-n // 2
-n % 3
n % -3
7.5 // 2
-7.5 % 2
7.5 % -2
2 ** 3
2 ** -1
2 ** 0.5
-2 ** 2
2 ** 3 ** 2
10 ** 20
2 ** 100
3 * 4.0
6 / 3
1 / 3
1e20
1e15
1e16
1.5e-7
0.1 + 0.2
100.0
1_000
0x1F
0b101
0o17
1_0.5
1e3
n+1
n -1
n-1
n - -1
+n
-f
- 3
not t
not not n
t + t
-t
'=' * 5
3 * 'ab'
'ab' * -1
[1, 2] * 2
(1,) * 3
[1] + [2, 3]
(1,) + (2,)
'a' 'b' 'c'
'a' ~ 1 ~ t ~ f ~ none ~ nope ~ [1, 'x']
1 ~ 2 + 3
'a' + 'b' ~ 'c'
1 < 2 < 3
1 < 3 < 2
3 > 2 >= 2 != 1
1 == 1.0 == true
'a' < 'b'
'Z' < 'a'
[1, 2] < [1, 3]
(1, 2) == (1, 2)
[1] == (1,)
{'a': 1} == {'a': 1.0}
none == none
none == nope
nope == nope2
'bc' in s
'' in s
'zz' not in s
'a' in d
1 in nums
[1] in [[1]]
2 in range(3)
'x' in items and 'y' in items
t
none
nope
nope is defined
not nope is defined
not t is defined
nope is not none
nothing is none
nothing is defined
nope.x
nope[0]
nope + 1
nope < 1
nope()
deep.a.b[0]
deep.a.b[1].c
deep.a.b.1.c
deep.nope
deep.nope.x
deep['a']['b'][1]['c']
deep['items']
deep['get']
deep['x y']
deep.a.b[1]['c'][::-1]
d.items()
d.keys()
d.values()
d.items()|list
d.get('a')
d.get('zz')
d.get('zz', 'x')
d.get('zz') is none
d.copy()
d.update({'z': 1})
d.pop('a')
d.setdefault('q', 1)
d.update
items.append('w')
items.pop()
items.append
items.index('y')
items.index('w')
items.count('x')
s.__class__
d.__class__.x
s._x
d['__class__']
mixed
[]
{}
()
(1,)
(1, 2)
[1, [2, [3, {}]]]
{'a': 1, 2: [3], (1, 2): none, 1.5: 'f', true: 'y'}
{1: 'a', true: 'b', 1.0: 'c'}
{0: 'a', 512: 'b'}[512]
{[1]: 2}
{'a': {'b': {'c': 1}}}.a.b.c
["it's", '"', 'both\'"', 'n\nt\tr\rb\\']
['\x00\x1f\x7f\xa0é\u200b😀\U000e0001']
1.0
-0.0
1e300 * 1e10
[1e16, 1e-5, 123456789.123]
1e308 * 10 - 1e308 * 10
s and 'last'
'' and 'never'
zero or 'fb'
none or nope or 'end'
'y' if nope else 'n'
'y' if nope
'y' if t
1 if 0 else 2 if 0 else 3
('a' if t) ~ ('b' if not t)
'a\
b'
'\x41\u00e9\U0001F600\101\7\n\t\q\N{BULLET}'
'\é'
"a\"b'c"
'\x4'
'\u12'
s.upper().lower().title()
mixed_case.title()
mixed_case.capitalize()
mixed_case.swapcase()
mixed_case|title
mixed_case|capitalize
uni.upper()
uni.lower()
uni.title()
uni.casefold()
uni|length
uni[2]
uni[::-1]
uni[1:4]|upper
'ΑΣ ΣΑ'.lower()
'ﬁ ǆ'.title()
'xxaxx'.strip('x')
' \t a b \n'.strip() ~ '|'
'  a '.lstrip() ~ '|' ~ '  a '.rstrip() ~ '|'
'xyxabyx'.lstrip('xy')
'xyxabyx'.rstrip('xy')
'a-b-c'.split('-')
'a-b-c'.split('-', 1)
'a-b-c'.split('-', maxsplit=1)
'a-b-c'.rsplit('-', 1)
'--a--'.split('--')
' a  b '.split()
' a  b c '.split(none, 1)
' a  b c '.rsplit(none, 1)
' a  b c '.split(maxsplit=0)
''.split()
''.split('x')
'abc'.split('')
lines.splitlines()
lines.splitlines(true)
'a\x0bb\x1cc\u2028d\r\n'.splitlines()
'abc'.startswith('ab')
'abc'.startswith(('x', 'a'))
'abc'.startswith('b', 1)
'abc'.endswith(('x', 'bc'))
'abc'.endswith('b', 0, 2)
'abc'.startswith('')
'abc'.startswith('', 5)
'abc'.startswith(1)
'aaa'.replace('a', 'b')
'aaa'.replace('a', 'b', 2)
'abc'.replace('', '-')
'abc'.replace('', '-', 2)
'aaa'|replace('a', 'b', 1)
'a1b1'|replace(1, 'x')
'abcabc'.count('bc')
'aaaa'.count('aa')
'abc'.count('')
'abcabc'.count('c', 3)
'abc'.find('z')
'abcabc'.find('c', 3)
'abcabc'.rfind('b')
'abcabc'.rfind('b', 0, 4)
'abc'.find('', 2)
'abc'.find('', 4)
'abc'.index('c')
'abc'.index('z')
'abcabc'.rindex('a')
'a,b'.split(',')[-1].upper()
'-'.join(items)
'-'.join([1])
''.join('abc'.split('b'))
', '.join(d)
'a:b:c'.partition(':')
'a:b:c'.rpartition(':')
'abc'.partition(':')
'abc'.rpartition(':')
'prefix_x'.removeprefix('prefix_')
'x_suffix'.removesuffix('_suffix')
'x'.removesuffix('')
'42'.zfill(5)
'-42'.zfill(5)
'ab'.ljust(5, '.')
'ab'.rjust(5) ~ '|'
'ab'.center(5, '*')
'abc'.center(6, '*')
'a'.center(4, '*')
'ab'.center(5, '**')
'a\tbc\td'.expandtabs(4)
'123'.isdigit()
'²'.isdigit() ~ '²'.isdecimal() ~ '½'.isnumeric()
''.isdigit()
'abc'.isalpha() ~ 'ab1'.isalpha() ~ 'ab1'.isalnum()
'Abc'.islower() ~ 'abc1'.islower() ~ 'ABC'.isupper() ~ '1'.isupper()
'Hello World'.istitle() ~ 'Hello world'.istitle()
' \t'.isspace() ~ ''.isspace()
'a_1'.isidentifier() ~ '1a'.isidentifier()
'é'.isascii() ~ 'e'.isascii()
'a\n'.isprintable()
s.explode()
'{} {}'.format(1, 'a')
'{0} {1} {0}'.format('x', 'y')
'{a} {b[0]} {c.x}'.format(a=1, b=[2], c={'x': 3})
'{:>5}|{:<5}|{:^5}|{:*^7}'.format('a', 'b', 'c', 'd')
'{:05d} {:+d} {:,} {:x} {:#b}'.format(42, 7, 1234567, 255, 5)
'{:.2f} {:e} {:g} {:%} {:8.3f}|'.format(3.14159, 12345.678, 0.0001, 0.25, 2.0)
'{!r} {!s}'.format('a', 'b')
'{{}} {}'.format(1)
'{:{}}|'.format('a', 5)
'{} {}'.format(1)
'{x}'.format()
'{'.format()
'{a}'.format_map({'a': 1})
'%s and %s' % ('a', 1)
'%s' % 'x'
'%s' % [1, 2]
'%(a)s-%(b)d' % {'a': 'x', 'b': 3}
'%d %5d %-5d| %05d %+d %x %X %o' % (1, 2, 3, 4, 5, 255, 255, 8)
'%f %.2f %8.3f %e %g %G' % (1.5, 2.345, 3.14159, 12345.6789, 0.00001, 1e20)
'%5s|%-5s|%.2s|%c|%c' % ('a', 'b', 'cdef', 'x', 65)
'%r %a' % ('é', 'é')
'%%'  % ()
'%d' % 'x'
'%s %s' % 'a'
'%s' % ('a', 'b')
'%d' % 3.99
'%s' % none
'%s' % nope
'%*d|%-*d|' % (5, 1, 5, 2)
'%s, %s!'|format('a', 'b')
'%(x)s'|format(x=1)
'%s'|format
'x'|format
n % 2
mixed|join('-')
items|join
items|join(', ')
people|join(', ', attribute='name')
people|map(attribute='name')|join(',')
s|join('-')
d|join
5|join
[3, 1, 2]|max
nums|min
[]|max
['b', 'A', 'c']|min
['b', 'A', 'c']|min(case_sensitive=true)
people|max(attribute='age')
['a', 1]|max
nums|sum
people|sum(attribute='age')
nums|sum(start=100)
[[1], [2]]|sum(start=[])
[0.5, 1]|sum
['a']|sum
[]|sum
2.5|round
3.5|round
2.675|round(2)
42.55|round(1, 'floor')
42.51|round(1, 'ceil')
1234|round(-2)
1250.0|round(-2)
5|round
5|round(2, 'floor')
2.5|round(method='ceil')
-0.4|round
'x'|round
2.5|round(1, 'nope')
-5|abs
-5.5|abs
'x'|abs
'42'|int
'42.9'|int
' 4_2 '|int
'x'|int
'x'|int(7)
'0x1F'|int(base=16)
'1f'|int(0, 16)
'0b11'|int(0, 0)
'z'|int(default=-1, base=36)
none|int
t|int
3.9|int
-3.9|int
'1e3'|int
nope|int
'1.5'|float
'x'|float
'x'|float(1.5)
'inf'|float
'-nan'|float
none|float(2)
'1_0.5'|float
t|float
5|string
none|string
mixed|string|length
nope|string
'a,b'|list
d|list
items|list
5|list
nope|list
s|first
s|last
items|first
items|last
[]|first
[]|last
d|first
d|last
range(3)|last
nums|sort
nums|sort(reverse=true)
['b', 'A', 'c']|sort
['b', 'A', 'c']|sort(case_sensitive=true)
people|sort(attribute='age')|map(attribute='name')|list
people|sort(attribute='age,name')|map(attribute='name')|list
people|sort(attribute='age', reverse=true)|map(attribute='name')|list
people|sort(attribute='city,age')|map(attribute='name')|join
['a', 1]|sort
[[2, 'b'], [1, 'z']]|sort(attribute=1)
[[2, 'b'], [1, 'z']]|sort(attribute='0')
people|sort(attribute='nope')|length
d|dictsort
d|dictsort(true)
d|dictsort(by='value')
d|dictsort(false, 'value', true)
d|dictsort(reverse=true)
d|dictsort(by='x')
{2: 'a', 10: 'b', 1: 'c'}|dictsort
{'a': 1, 2: 3}|dictsort
items|dictsort
d|items|list
nope|items|list
items|items|list
['a', 'A', 'b', 'a']|unique|list
['a', 'A', 'b', 'a']|unique(true)|join
people|unique(attribute='city')|map(attribute='name')|list
[1, 1.0, true, 2]|unique|list
people|groupby('city')|map(attribute='grouper')|list
people|groupby('age')
people|groupby('city', case_sensitive=true)|map('first')|list
people|groupby('admin', default=false)|map('last')|map('length')|list
people|groupby('age')|map(attribute='list')|map('length')|list
items|map('upper')|list
items|map('replace', 'x', 'q')|list
items|map('default', 'q')|list
people|map(attribute='tags')|list
people|map(attribute='tags', default='none')|list
people|map(attribute='tags.0', default='-')|list
people|map('attr', 'name')|list
items|map('nope')|list
items|map|list
items|map(attribute='x', nope=1)|list
nope|map('upper')|list
[['a', 1], ['b', 2]]|map(attribute=0)|list
nums|select('odd')|list
nums|select('greaterthan', 2)|list
nums|select('>', 2)|list
nums|select('divisibleby', 5)|list
[0, 1, '', 'a', none]|select|list
[0, 1, '', 'a', none]|reject|list
nums|reject('even')|list
nums|select('in', [1, 2])|list
people|selectattr('admin')|map(attribute='name')|list
people|selectattr('age', 'equalto', 31)|map(attribute='name')|list
people|selectattr('age', '==', 31)|list|length
people|rejectattr('admin', 'defined')|map(attribute='name')|list
people|selectattr('name', 'in', ['bo', 'cy'])|map(attribute='age')|sum
people|selectattr|list
nums|select('nope')|list
[]|select('nope')|list
people|selectattr('age', 'lt', 30)|first
'yes' if people|selectattr('nope')
(items|map('upper'))[0]
(items|map('upper')) is iterable
(items|map('upper')) is sequence
(items|map('upper'))|length
items|map('upper')|map('lower')|reverse|list
nums|batch(2)|list
nums|batch(3, 0)|list
nums|batch(2)|map('sum')|list
nums|slice(2)|list
nums|slice(3, 'x')|list
nums|slice(0)|list
items|reverse|list
s|reverse
d|reverse|list
5|reverse
items|length
s|count
5|length
nope|length
none|length
words|wordcount
'a-b c_d é'|wordcount
words|upper
5|upper
none|lower
[1, 'A']|lower
'  x '|trim ~ '|'
'xxaxx'|trim('x')
5|trim
'ab'|center(6) ~ '|'
'ab'|center|length
lines|indent
lines|indent(2)
lines|indent(2, true)
lines|indent(2, blank=true)
lines|indent('>> ', first=true)
''|indent
5|indent
words|truncate(9)
words|truncate(9, true)
words|truncate(9, false, '', 0)
'foo bar baz qux'|truncate(11, false, '...', 0)
'foo bar baz qux'|truncate(12)
'foo bar baz qux'|truncate(2)
'foo'|truncate
nope|default('x')
nope|d('x')
none|default('x')
none|default('x', true)
''|default('x', true)
''|default('x', boolean=true)
nope|default
0|d(5)
t|tojson
none|tojson
mixed|tojson
'é"<b>&'|tojson
json|tojson
json|tojson(indent=2)
json|tojson(ensure_ascii=true)
json|tojson(sort_keys=true)
json|tojson(separators=(',', ':'))
json|tojson(indent=1, separators=(', ', ' = '), sort_keys=true)
json|tojson(indent='\t')
json|tojson(indent=0)
(1, 2)|tojson
{1: 'a', none: 'b', true: 'c', 1.5: 'd'}|tojson
{(1, 2): 3}|tojson
nope|tojson
[nope]|tojson
items|map('upper')|tojson
d.items()|tojson
range(3)|tojson
[1e16, 0.1, 1e308 * 10, -1e308 * 10]|tojson
{'b': 1, 1: 2}|tojson(sort_keys=true)
'\u2028\x7f😀'|tojson
'\u2028\x7f😀'|tojson(true)
html|safe
html|escape
html|e
html|e|e
html|forceescape
html|safe|e
html|e|forceescape
(html|safe) + '<x>'
'<x>' + (html|safe)
(html|safe) ~ '<x>'
(html|e)|upper
('<b>'|safe) % 1
('<%s>'|safe) % '<x>'
('a<b'|safe).replace('<', '>')
('<'|safe).join(['<', '>'])
('<{}>'|safe).format('<')
('a'|safe) is escaped
[('a'|safe)]
html|urlencode
{'a b': 'c&d', 'é': 1}|urlencode
[('a', 1)]|urlencode
{'class': 'x', 'id': none, 'q': '<"'}|xmlattr
{'class': 'x'}|xmlattr(false)
{'a b': 1}|xmlattr
{}|xmlattr
1000|filesizeformat
1|filesizeformat
13000000|filesizeformat(true)
123456789012|filesizeformat
d|attr('a')
nope|attr('x')
s|nonsense
s is nonsense
1 is odd
2 is even
1.5 is odd
9 is divisibleby 3
9 is divisibleby(2)
9 is divisibleby 0
'x' is odd
1 is number
t is number
t is integer
1 is integer
1.0 is float
1 is float
t is boolean
1 is boolean
t is true
1 is true
zero is false
false is false
'x' is string
d is mapping
items is mapping
nope is mapping
items is iterable
s is iterable
5 is iterable
nope is iterable
items is sequence
d is sequence
d.items() is sequence
s is sequence
range(2) is sequence
5 is sequence
nope is sequence
'abc' is lower
'ABC' is upper
'aBc' is lower
1 is lower
1 is in [1, 2]
3 is not in [1, 2]
'a' is in 'abc'
1 is eq 1
1 is ne 2
1 is lt 2
2 is ge 2
1 is sameas 1
t is sameas true
[] is sameas []
d is sameas d
1 is sameas 1.0
none is sameas none
'upper' is filter
'nope' is filter
'odd' is test
'nope' is test
s.upper is callable
5 is callable
nope is callable
dict is callable
namespace is callable
not 1 is odd
1 is odd and 2 is even
1 is odd or nope.x
1 is defined is true
s is string and s|length > 3
range(5)
range(1, 5, 2)|list
range(5, 0, -2)|list
range(0)
range(1, 2, 0)
range(100001)
range('x')
dict(a=1, b=2)
dict([('a', 1), ['b', 2]], c=3)
dict({'a': 1})
dict.fromkeys(['a', 'b'], 0)
dict(1)
namespace(a=n - 1).a
namespace(a=1)
namespace({'a': 1}, b=2).b
namespace(_a=1)
joiner('x')() ~ 'y'
cycler('a', 'b').next()
cycler('a', 'b').current
cycler()
strftime_now('%d %b %Y')
strftime_now('%Y-%m-%d %H:%M:%S.%f %A %a %B %j %I %p %y %w %u %U %W %V %G %%')
strftime_now('%c | %x | %X | %D | %F | %T | %R | %e | %k | %l | %r | %C | %h | %n | %t | %s')
strftime_now('%-d %-m %_d %-H %-I %^a %#p %P %Z%z|')
strftime_now('%q %')
raise_exception('no\nway')
raise_exception()
loop
caller
varargs
lipsum is defined
tools is defined
tools is not none
tools
documents is none
messages is defined
nonsense(1)
'a'.upper(1)
'a'.split(sep=',', foo=1)
5 + 'a'
'a' + 5
[1] + (2,)
none + 1
'a' - 'b'
'a' / 2
1 / 0
1 // 0
1 % 0
1.0 / 0
d + d
-'a'
1 < 'a'
none < 1
[1] < 'a'
d < d
'a' in 5
5 in 'abc'
n()
n.x
n['x']
n[1:]
none.x
none[0]
d[1:]
s[::0]
s['a':]
(0).real
5 .bit_length()
items.x.y
{'a': 1}.b
{}.a.b
10 ** 5000
[1, 2,]
{'a': 1,}
(1, 2,)
f(1,)
dict(a=1,)
dict(**{'a': 1})
dict(*[[('a', 1)]])
dict(a=1, **{'a': 2})
'{} {}'.format(*[1, 2])
'%s' % (1,)
1 if t else
(1
[1, 2
{'a' 1}
'unclosed
1 +
a.b.
@
1 ! 2
a = 1
f(a=1, 2)
x is not
1 is
5 | 6
s|upper|lower|title|first
(s|upper)[0]
s|upper[0]
-5|abs
2 ** 3|string|length
'a' ~ 'b'|upper
1 + 2|string
not s|length == 6
items|length > 2 and items[0] == 'x'
'%s' % 'a' ~ 'b'
[x for x in items]
lambda: 1
s if s is string else items
1 if 2 if 0 else 3 else 4
true and false or true
True and False
None is none
true is sameas True
[true, false, none]
1.is_integer
1.5.is_integer()
'é' == '\u00e9'
'a' == 'a' == 'a'
1 != 2 != 1
0 == false
'' == none
[] == []
items == ['x', 'y', 'z']
"".join(['a', 'b'])|length
{'a': [1, 2]}['a'][0]
[[1, 2], [3]][0][1]
items[0:1] + items[2:]
(items)[0]
((1))
((1,),)
"a" if "b" in "abc" else "c"
'abc'[::-1][0]
'abc'|upper + 'def'|upper
none ~ ''
nope ~ ''
[nope]
{'a': nope}
nope|upper
nope|trim
nope.a is defined
d.zz is defined
d.zz.y is defined
(d.zz or {}).y is defined
d.zz|default({})|length
"""

BLOCKS = [
    "{% for i in items if i != 'y' %}{{ loop.index }}{{ i }}{{ loop.last }} {% endfor %}.",
    "{% for i in [] %}a{% else %}b{% endfor %}",
    "{% for i in items %}{% if i == 'y' %}{% break %}{% endif %}{{ i }}{% else %}none{% endfor %}",
    "{% for i in items %}{% break %}{% else %}none{% endfor %}",
    "{% for i in items %}{% if i == 'y' %}{% continue %}{% endif %}{{ i }}{% else %}none{% endfor %}",
    "{% for i in items %}{% continue %}{% else %}none{% endfor %}",
    "{% for i in items if false %}a{% else %}{{ i is defined }}{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }},{% endfor %}",
    "{% for k, v in d|dictsort %}{{ k }}={{ v }},{% endfor %}",
    "{% for k in d %}{{ k }}{% endfor %}",
    "{% for c in uni %}{{ c }}-{% endfor %}",
    "{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }};{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for (a, b) in [(1, 2)] %}{{ a }}{{ b }}{% endfor %}",
    "{% for a, b in [(1, 2, 3)] %}{{ a }}{% endfor %}",
    "{% for a, b in [(1,)] %}{{ a }}{% endfor %}",
    "{% for a, b in ['xy'] %}{{ a }}{{ b }}{% endfor %}",
    "{% for x in 5 %}{% endfor %}",
    "{% for x in none %}{% endfor %}",
    "{% for x in nope %}a{% else %}empty{% endfor %}",
    "{% for x in nope.y %}a{% endfor %}",
    "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}",
    "{% for x in items if x in ['x', 'z'] %}{{ loop.index }}/{{ loop.length }}{{ x }} {% endfor %}",
    "{% for x in items %}{{ loop.index0 }}{{ loop.index }}{{ loop.revindex0 }}{{ loop.revindex }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }} {% endfor %}",
    "{% for i in items %}{{ loop.previtem }}{{ i }}{{ loop.nextitem }} {% endfor %}.",
    "{% for i in items %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }} {% endfor %}",
    "{% for i in items %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for i in items %}{{ loop.cycle() }}{% endfor %}",
    "{% for i in [1, 1, 2, 2, 1] %}{{ loop.changed(i) }}{% endfor %}",
    "{% for i in items %}{{ loop }}{% endfor %}",
    "{% for i in items %}{{ loop.nope }}{{ loop.nope is defined }}{% endfor %}",
    "{% for i in items|map('upper') %}{{ loop.index }}{{ loop.last }}{{ i }}{{ loop.length }} {% endfor %}",
    "{% for i in items %}{% for j in items %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}",
    "{% for i in items %}{% set outer = loop %}{% for j in 'ab' %}{{ outer.index }}{{ loop.index }}{% endfor %} {% endfor %}",
    "{% for x in [1, [2, [3]], 4] recursive %}{{ x if x is number else '(' ~ loop(x) ~ ')' }}{{ loop.depth }}{% endfor %}",
    "{% for x in [{'n': 'a', 'c': [{'n': 'b', 'c': []}]}] recursive %}{{ loop.depth0 }}{{ x.n }}{{ loop(x.c) }}{% else %}-{% endfor %}",
    "{% for x in items %}{{ loop(x) }}{% endfor %}",
    "{% for x in items %}{% set loop = 1 %}{% endfor %}",
    "{% for loop in items %}{% endfor %}",
    "{% set x = 1 %}{% for i in items %}{% set x = i %}{% endfor %}{{ x }}",
    "{% set x = 1 %}{% for i in items %}{{ x }}{% set x = i %}{{ x }}{% endfor %}",
    "{% set x = 1 %}{% if t %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% if not t %}{% set x = 2 %}{% endif %}{{ x is defined }}",
    "{% set ns = namespace(c=0) %}{% for i in items %}{% set ns.c = ns.c + 1 %}{% endfor %}{{ ns.c }}",
    "{% set ns = namespace() %}{{ ns.x is defined }}{% set ns.x = [1] %}{{ ns.x }}{{ ns }}",
    "{% set ns = namespace(a=1, b=2) %}{% set ns.a, ns.b = ns.b, ns.a %}{{ ns.a }}{{ ns.b }}",
    "{% set d.x = 1 %}",
    "{% set nope.x = 1 %}",
    "{% set ns = namespace() %}{% set ns._x = 1 %}",
    "{% set ns = namespace() %}{% set ns.self = ns %}{{ ns }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set a, b = (1, 2) %}{{ a }}{{ b }}",
    "{% set (a, b) = [1, 2] %}{{ a }}{{ b }}",
    "{% set a = 1, 2 %}{{ a }}",
    "{% set a, = [1] %}{{ a }}",
    "{% set x %}hello {{ n }}{% endset %}{{ x }}!",
    "{% set x | upper %}hello {{ n }}{% endset %}{{ x }}!",
    "{% set x | replace('l', 'L') | trim %} hello {% endset %}{{ x }}!",
    "{% set x %}{% set y = 1 %}{{ y }}{% endset %}{{ x }}{{ y is defined }}",
    "{% for i in items %}{% set x %}{{ i }}{% if i == 'y' %}{% break %}{% endif %}{% endset %}{{ x }}{% endfor %}",
    "{% set true = 1 %}",
    "{% set 5 = 1 %}",
    "{% set x == 1 %}",
    "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}",
    "{% set a = 'out' %}{% with a = 'in', b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}",
    "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
    "{% with a, b = (1, 2) %}{{ a }}{% endwith %}",
    "{% filter upper %}role {{ s }}{% endfilter %}",
    "{% filter replace('a', 'b') | upper %}banana{% endfilter %}",
    "{% filter nope %}x{% endfilter %}",
    "{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(3) }}",
    "{% macro m(a, b=2, c='x') %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}|{{ m(1, c=5) }}|{{ m(b=3, a=0) }}|{{ m() }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}",
    "{% set z = 9 %}{% macro m(a=z) %}{{ a }}{% endmacro %}{{ m() }}{% set z = 8 %}{{ m() }}",
    "{% macro m(a=b, b=1) %}{{ a }}{{ b }}{% endmacro %}{{ m() }}",
    "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}",
    "{% macro m(a) %}{{ a.x }}{% endmacro %}{{ m() }}",
    "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{% endmacro %}{{ m(b=2) }}",
    "{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, k=4) }}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}in{% endcall %}",
    "{% macro m() %}{{ caller('x', 2) }}{% endmacro %}{% call(a, b=1) m() %}{{ a }}{{ b }}{% endcall %}",
    "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}{% call m() %}{% endcall %}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}",
    "{% macro m() %}x{% endmacro %}{% call m() %}in{% endcall %}",
    "{% macro m(caller) %}{{ caller() }}{% endmacro %}{{ m() }}",
    "{% macro m(x) %}{{ x }}{{ caller() }}{% endmacro %}{% for i in items %}{% call m(i) %}{{ loop.index }}{{ i }}{% endcall %}{% endfor %}",
    "{% call 5 %}{% endcall %}",
    "{% call s.upper() %}{% endcall %}",
    "{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}",
    "{% macro m() %}{% set x = 5 %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}{{ x }}",
    "{% for i in items %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}",
    "{% macro m() %}{{ loop is defined }}{% endmacro %}{% for i in items %}{{ m() }}{% endfor %}",
    "{% macro m() %}  {{ 1 }}\n{% endmacro %}{{ m()|trim }}|{{ m() }}|",
    "{% macro m() %}a{% endmacro %}{{ m }}{{ m.name }}{{ m.arguments }}",
    "{% macro m(x, x) %}{% endmacro %}",
    "{% macro m(x=1, y) %}{% endmacro %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set f = s.upper %}{{ f() }}",
    "{% set c = joiner(', ') %}{% for i in items %}{{ c() }}{{ i }}{% endfor %}",
    "{% set c = cycler('a', 'b', 'c') %}{% for i in range(5) %}{{ c.next() }}{% endfor %}{{ c.current }}{{ c.reset() }}{{ c.next() }}",
    "{% generation %}in {{ n }}{% set q = 1 %}{% endgeneration %}{{ q is defined }}",
    "{% for i in items %}{% generation %}{{ loop.index }}{{ i }}{% endgeneration %}{% endfor %}",
    "{% for i in items %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
    "{% print n, s %}",
    "{% break %}",
    "{% continue %}",
    "{% for i in items %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
    "{% for i in items %}{% else %}{% break %}{% endfor %}",
    "{% for i in items %}{% for j in [] %}{% else %}{% break %}{% endfor %}{{ i }}{% endfor %}",
    "{% if n > 5 %}big{% elif n > 3 %}mid{% else %}small{% endif %}",
    "{% if false %}{{ s|nonsense }}{% endif %}ok",
    "{% if false %}{% for i in items %}{{ s|nonsense }}{% endfor %}{% endif %}ok",
    "{% for i in [] %}{{ s|nonsense }}{% endfor %}ok",
    "{{ s|nonsense if false else 1 }}",
    "{{ (s|nonsense) if 'nonsense' is filter else 'no' }}",
    "{% macro m() %}{{ s|nonsense }}{% endmacro %}ok",
    "{% if 1, 2 %}x{% endif %}",
    "{% if %}x{% endif %}",
    "{% if t %}x",
    "{% for i in items %}",
    "{% endif %}",
    "{% nonsense %}",
    "{% if t %}{% endfor %}",
    "{% for %}",
    "{% set %}",
    "{% %}",
    "{{ }}",
    "{{ 1 } }",
    "{{ '}}' }}",
    "{{ {'a': {'b': 1}}['a']['b'] }}",
    "{{ {'a': 1}}}",
    "{# comment {{ n }} #}x{#- y -#} z",
    "{# unclosed",
    "{% raw %}{{ n }}{% if %}{% endraw %}",
    "{%- raw -%}  {{ n }}  {%- endraw -%}  x",
    "  {% raw %}\n  a\n  {% endraw %}\nb",
    "{% raw %}unclosed",
    "  {% if t %}\n  x\n  {% endif %}\ny\n",
    "a\r\n  {%- if t %}\n  x\n  {%- endif %}\ny",
    "{# one #}\n  {# two #}  a",
    "a {% if t %}b{% endif %} c",
    "{% if t +%}\nx{% endif +%}\ny",
    "  {%+ if t %}x{% endif %}",
    "\n\n  {{ n }}\n\n",
    "{{ n }}\n",
    "{{- n -}}  x",
    "x  {{- n }}\n  {{ n -}}\n\n y",
    "{%- if t -%}\n\n x \n\n{%- endif -%}\n",
    "x\n  {#- c -#}\n  y",
    "x\n  {# c #}\n  y\n\t{# d +#}\nz",
    "a{% if t %}\n\nb{% endif %}\n\nc",
    " \t{% if t %} \t{% endif %} \t\n",
    "\u00a0{% if t %}x{% endif %}",
    "{% if t %}\r\nx\r\n{% endif %}\r\ny\rz",
    "{{ 'a\r\nb'|length }}",
    "{% set x = [\n  1,\n  2\n] %}{{ x }}",
    "{%if t%}x{%endif%}{{n}}{{-n-}}",
    "{% if t: %}x{% endif %}",
    "{% for x in items: %}{{ x }}{% endfor %}",
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% do items.append(1) %}",
    "{% set x = 1 %}{% set y = x %}{% set x = 2 %}{{ y }}",
    "{% set a = [1] %}{% set b = a + [2] %}{{ a }}{{ b }}",
    "{% set g = items|map('upper') %}{{ g|list }}{{ g|list }}",
    "{% set g = items|select %}{{ g|first }}{{ g|first }}{{ g|list }}",
    "{% for x in items|batch(2) %}{{ x|join('+') }};{% endfor %}",
    "{% for g in people|groupby('age') %}{{ g.grouper }}:{{ g.list|map(attribute='name')|join(',') }} {% endfor %}",
    "{% for age, group in people|groupby('age') %}{{ age }}={{ group|length }} {% endfor %}",
    "{% for m in people if m.admin is defined and m.admin %}{{ m.name }}{% endfor %}",
    "{{ people|map(attribute='name')|map('upper')|join(', ') }}",
    "{{ raise_exception('Conversation roles must alternate ' ~ n) }}",
    "{% if n == 7 %}{{ raise_exception('seven') }}{% endif %}",
    "{% if strftime_now is defined %}{{ strftime_now('%d %B %Y') }}{% endif %}",
    "{% set content = '<think>a</think>b' %}{{ content.split('</think>')[-1].lstrip('\\n') }}|{{ content.split('</think>')[0].split('<think>')[-1] }}",
    "{% set m = {'tool_calls': [{'function': {'name': 'f', 'arguments': {'x': 1}}}]} %}{% for c in m.tool_calls %}{{ c.function.name }}({{ c.function.arguments|tojson }}){% endfor %}",
    "{% for i in range(3) %}{{ items[i] }}{{ ', ' if not loop.last }}{% endfor %}",
    "{{ '\\n'.join(['a', 'b']) }}",
    "{{ \"a\\nb\" }}{{ 'c\\\\n' }}",
    "{% set x = 'a' if n > 3 else 'b' %}{{ x }}",
    "{{ dict(people[0], **{'extra': 1}) }}",
    "{% set users = people|rejectattr('name', 'equalto', 'bo')|list %}{{ users|length }}",
    "{{ [1,2,3][::-1]|join(' ') }}{{ (1,2)|length }}{{ ()|length }}",
    "{% for _ in range(2) %}{{ _ }}{% endfor %}",
    "{% for x in range(1, n) if x is divisibleby 2 %}{{ x }}{% endfor %}",
    "{% set ns = namespace(found=false) %}{% for p in people %}{% if p.age > 30 and not ns.found %}{{ p.name }}{% set ns.found = true %}{% endif %}{% endfor %}",
    "{% macro show(x, indent=0) %}{{ ' ' * indent }}{% if x is mapping %}{% for k, v in x.items() %}{{ k }}:{{ show(v, indent + 1) }}{% endfor %}{% elif x is iterable and x is not string %}[{% for v in x %}{{ show(v) }}{% endfor %}]{% else %}{{ x }}{% endif %}{% endmacro %}{{ show(deep) }}",
    "{{ x if x is defined }}{% set x = 5 %}{{ x }}",
    "{% for i in items %}{% if loop.first %}{% set first = i %}{% endif %}{{ first }}{% endfor %}",
    "{% for i in items %}{{ i }}{% if not loop.last %},{% endif +%}\n{% endfor %}",
    "{{ '%s' % items[0] }}{{ '%-4s|' % s[:2] }}",
    "{% set s2 = s|replace('a','b')|upper %}{{ s2 }}{{ s }}",
    "{{ s.replace('a', \"'\")|tojson }}",
    "{{ (1, 'a', none)|string }}{{ [(1, 2), {'k': (3,)}] }}",
    "{% for a in [1, 2] %}{% for b in [3, 4] %}{% if b == 4 %}{% break %}{% endif %}{{ a }}{{ b }} {% endfor %}{% endfor %}",
]


def templates():
    lines = EXPRESSIONS.strip("\n").split("\n")
    joined = []
    for line in lines:
        # a line that ends in a backslash goes on: the escape of a line end
        if joined and joined[-1].endswith("\\"):
            joined[-1] += "\n" + line
        else:
            joined.append(line)
    return ["{{ " + line + " }}" for line in joined] + BLOCKS
