"""The acoustic units: toneless pinyin syllables, each made of an initial and a final."""
import re

INITIALS = ["", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x",
            "zh", "ch", "sh", "r", "z", "c", "s"]

# Every syllable of standard Mandarin that a recogniser should be able to write, ü as v.
SYLLABLES = """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen
ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci
cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du
duan dui dun duo e ei en eng er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong
gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang
hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken
keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao lie
lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi mian miao mie min
ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan
nun nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang
qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa
sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua shuai shuan
shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting tong
tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu
xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng
zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi
zong zou zu zuan zui zun zuo
""".split()

# Spellings met in data that stand for one of the above.
ALIASES = {"ng": "en", "n": "en", "hng": "heng", "hm": "heng", "m": "mu", "lue": "lve", "nue": "nve",
           "fiao": "fo", "yai": "ya", "lvan": "luan", "cei": "ce", "fe": "fo", "eng": "eng", "nia": "niang",
           "jv": "ju", "qv": "qu", "xv": "xu", "jve": "jue", "qve": "que", "xve": "xue", "yv": "yu", "r": "er"}

BLANK = 0
TOKENS = ["<blk>"] + SYLLABLES
INDEX = {token: index for index, token in enumerate(TOKENS)}


def plain(syllable):
    """'lüe4' or 'Lve4' to 'lve': no tone, ü as v, aliases resolved; None when it is no syllable of ours."""
    bare = re.sub(r"[0-9]", "", syllable.lower().replace("u:", "v").replace("ü", "v")).strip("_")
    bare = ALIASES.get(bare, bare)
    return bare if bare in INDEX else None


def tone(syllable):
    """The tone digit, 5 for the neutral tone."""
    digit = syllable[-1:]
    return int(digit) if digit in "1234" and digit else 5


def split(syllable):
    """Initial and final, with y/w spellings and the three sounds written 'i' told apart."""
    if syllable[0] in "yw":
        glide = {"yi": "i", "yin": "in", "ying": "ing", "yu": "v", "yuan": "van", "yue": "ve", "yun": "vn",
                 "you": "iu", "wu": "u", "wei": "ui", "wen": "un", "weng": "ueng", "yong": "iong", "ye": "ie"}
        return "", glide.get(syllable, ("i" if syllable[0] == "y" else "u") + syllable[1:])
    initial = next(i for i in sorted(INITIALS, key=len, reverse=True) if syllable.startswith(i))
    final = syllable[len(initial):]
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    if final == "i" and initial in ("z", "c", "s"):
        final = "ii"
    if final == "i" and initial in ("zh", "ch", "sh", "r"):
        final = "iii"
    return initial, final


FINALS = sorted({split(s)[1] for s in SYLLABLES})
# Half-syllable units for the auxiliary loss: blank, initials, finals.
HALVES = ["<blk>"] + [f"{i}-" for i in INITIALS if i] + [f"-{f}" for f in FINALS]
HALF_INDEX = {half: index for index, half in enumerate(HALVES)}


def halves(syllable):
    """The syllable as half-syllable unit numbers (one for a bare final, else two)."""
    initial, final = split(syllable)
    return ([HALF_INDEX[f"{initial}-"]] if initial else []) + [HALF_INDEX[f"-{final}"]]


def encode(syllables):
    """Syllable names to token numbers; raises KeyError for an unknown one."""
    return [INDEX[s] for s in syllables]
