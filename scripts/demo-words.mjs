/**
 * What is shown, said and written in each demo room. Third field of a banner or line: the category it offends, or nothing.
 * Banners are [startS, text, category?] and last until the next; lines are [startS, text, category?]; times are seconds into the loop.
 */
export const rooms = [
  {
    id: 'demo-tea', name: '清源茶饮坊', platform: '演示平台', host: '主播小满', slogan: '花草茶专场', container: 'ts', durationS: 48,
    voice: { name: 'cmn-latn-pinyin+f2', pitch: 58, speed: 190 }, price: ['69', '元/盒'], product: '菊花决明子茶',
    banners: [
      [0, '三天见效\n根治糖尿病', 'exaggerated'],
      [6, '菊花决明子茶\n今日新到一百盒'],
      [14, '喝一个疗程\n高血压不用吃药', 'exaggerated'],
      [20, '国家级配方\n全网销量第一', 'exaggerated'],
      [28, '每盒十二小袋\n独立包装好冲泡'],
      [36, '包治百病\n无效全额退款', 'exaggerated'],
      [42, '喜欢的朋友\n点一点关注'],
    ],
    lines: [
      [0.4, '这款茶三天见效，根治糖尿病', 'exaggerated'],
      [6.4, '菊花和决明子，今天新到一百盒'],
      [10.4, '热水冲泡三分钟就能喝'],
      [14.3, '喝一个疗程，高血压不用再吃药', 'exaggerated'],
      [20.3, '我们是国家级配方，全网销量第一', 'exaggerated'],
      [28.3, '每盒十二小袋，独立包装'],
      [32.2, '上班带一袋，很方便'],
      [36.2, '包治百病，喝了没有效果全额退款', 'exaggerated'],
      [42.4, '喜欢的朋友点一点关注'],
    ],
    chat: ['主播好', '这个茶苦不苦', '一盒多少袋呀', '刚进来 在卖什么', '六十九包邮吗', '上次买的还没喝完', '能和枸杞一起泡吗', '我妈血糖高能喝吗', '有没有小包装', '发什么快递', '江苏几天到', '保质期多久', '颜色看着不错', '已拍两盒', '真的不用吃药吗', '还是听医生的吧', '配料表拍一下看看', '晚上喝会睡不着吗', '给爸妈买的', '客服在不在', '包装能送礼吗', '怎么领券', '水温要多少度', '决明子炒过没有', '主播声音小一点', '已关注', '孕妇能喝吗', '有没有检测报告', '谢谢主播', '明天还播吗', '支持一下', '下单了'],
  },
  {
    id: 'demo-bags', name: '阿杰箱包仓库', platform: '演示平台', host: '主播阿杰', slogan: '箱包专场', container: 'fmp4', durationS: 44,
    voice: { name: 'cmn-latn-pinyin+m3', pitch: 42, speed: 195 }, price: ['199', '元/只'], product: '大容量托特包',
    banners: [
      [0, '高仿原单\n一比一复刻', 'counterfeit'],
      [6, '托特包容量大\n通勤出差都能背'],
      [12, '加微信私下交易\n价格更低', 'fake-orders'],
      [20, '颜色有三种\n黑色棕色米色'],
      [28, '精仿大牌\n可过专柜验货', 'counterfeit'],
      [36, '不走平台\n微信直接转账', 'fake-orders'],
    ],
    lines: [
      [0.4, '高仿原单，一比一复刻', 'counterfeit'],
      [6.3, '托特包容量大，放得下电脑'],
      [12.3, '想要便宜的加微信，私下交易', 'fake-orders'],
      [16.4, '加我微信，价格更低', 'fake-orders'],
      [20.4, '颜色有三种，黑色，棕色和米色'],
      [28.3, '精仿大牌，拿到专柜验货都能过', 'counterfeit'],
      [36.3, '不走平台，微信直接转账给我', 'fake-orders'],
    ],
    chat: ['来了来了', '包有多大', '能放下笔记本吗', '肩带能调吗', '米色还有吗', '刚进来', '内衬什么颜色', '多重呀', '这个是正品吗', '有发票吗', '拉链顺不顺', '背一下看看', '棕色好看', '能放十四寸电脑吗', '五金会掉色吗', '几天发货', '买过一个 背了半年', '上面有没有隔层', '防水吗', '送防尘袋吗', '多少钱', '黑色上身看看', '为什么不在平台下单', '感觉不靠谱', '主播多高', '有斜挎的吗', '已关注', '明天几点播', '已拍黑色', '怎么保养', '小号有吗', '支持主播'],
  },
  {
    id: 'demo-jewel', name: '琳琅珠宝小铺', platform: '演示平台', host: '主播琳琅', slogan: '银饰玉石专场', container: 'ts', durationS: 52, small: true,
    voice: { name: 'cmn-latn-pinyin+f4', pitch: 66, speed: 200 }, price: ['99', '元/件'], product: '银镶玉吊坠',
    banners: [
      [0, '原价9999元\n今天只要99元', 'exaggerated'],
      [6, '招刷单兼职\n刷一单返十元', 'fake-orders'],
      [14, '银镶玉吊坠\n配手工编织绳'],
      [22, '好评返现五元\n五星晒图加三元', 'fake-orders'],
      [28, '手围可以定做\n下单备注尺寸'],
      [36, '一经售出\n概不退换', 'after-sales'],
      [44, '今晚八点前下单\n明天上午发货'],
    ],
    lines: [
      [0.4, '原价九千九百九十九，今天只要九十九', 'exaggerated'],
      [6.3, '招刷单兼职，刷一单返十元', 'fake-orders'],
      [14.3, '银镶玉吊坠，配手工编织绳'],
      [22.2, '五星好评返现五元，晒图再加三元', 'fake-orders'],
      [28.3, '手围可以定做，下单的时候备注尺寸'],
      [36.3, '一经售出，概不退换', 'after-sales'],
      [44.3, '今晚八点以前下单，明天上午发货'],
    ],
    chat: ['晚上好', '吊坠多大', ['刷单怎么结算', 'fake-orders'], '绳子能调长短吗', '有证书吗', '刚来 在讲哪个', '银是九二五的吗', '会氧化吗', '原价真的卖过吗', ['我写了好评 返现五元什么时候到', 'fake-orders'], '手围十六要多长', '有没有耳钉', '包邮吗', '能刻字吗', '送礼盒吗', '不能退吗', '拆开看了不合适怎么办', ['加群接刷单任务 一单十块', 'fake-orders'], '玉是天然的吗', '颜色偏绿还是偏白', '快递能保价吗', '戴着显白', '主播手好看', ['好评返现截图发给客服就行', 'fake-orders'], '已关注', '几点下播', '买了一条', '有男款吗', '链条会断吗', '客服回一下', '支持', '明天再来看'],
  },
  {
    id: 'demo-fruit', name: '青石坡果园', platform: '演示平台', host: '果农老周', slogan: '自家果园现摘', container: 'fmp4', durationS: 56,
    voice: { name: 'cmn-latn-pinyin+m1', pitch: 36, speed: 180 }, price: ['29', '元/五斤'], product: '红富士苹果',
    banners: [
      [0, '第一次来的朋友\n欢迎看看果园'],
      [8, '现摘苹果五斤装\n从果园直接发货'],
      [16, '七天无理由退货\n坏果按数赔'],
      [24, '不夸大功效\n就是好吃的苹果'],
      [32, '果园就在村口\n路口交通方便'],
      [40, '最后讲一遍规格\n单果七十五毫米'],
      [48, '请在平台下单\n不要私下转账'],
    ],
    lines: [
      [0.4, '第一次来的朋友，欢迎看看我们的果园'],
      [8.3, '苹果都是早上现摘的，五斤一箱'],
      [16.3, '支持七天无理由退货，坏果按数赔'],
      [24.3, '我们不夸大功效，就是好吃的苹果'],
      [32.3, '果园就在村口，路口交通方便'],
      [40.3, '最后讲一遍规格，单果七十五毫米'],
      [48.3, '请在平台下单，不要私下转账'],
    ],
    chat: ['周叔好', '苹果脆不脆', '第一次来 支持一下', '五斤大概几个', '坏果怎么赔', '果园在哪个县', '甜不甜', '能不能自己去摘', '路口交通方便吗', '发货要几天', '上次买的很好吃', '有没有小果', '打蜡了吗', '怎么保存', '放冰箱能放多久', '已拍一箱', '今年雨水多吗', '快递会不会压坏', '有没有梨', '皮能直接吃吗', '给孩子买的', '二十九包邮吗', '果树好多', '天气真好', '新疆发不发', '十斤装有吗', '买给爸妈', '谢谢周叔', '收到了 没有坏果', '最后一箱留给我', '下单了', '明天还来看'],
  },
];

const people = ['山里人', '小鱼', '木子', '晚风', '阿宁', '北方的树', '豆豆妈', '青柠', '老李', '橙子', '一米阳光', '云朵', '南风', '大海', '小周', '秋天', '果果', '安静', '麦子', '星河', '石头', '七月', '小禾', '阳阳'];

/** A room's chat for one loop: messages with their offset in ms, evenly spread with a repeatable jitter. */
export function planChat(room) {
  let seed = [...room.id].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);
  const random = () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32);
  const stepMs = (room.durationS * 1000) / room.chat.length;
  return room.chat.map((entry, i) => {
    const [text, category] = Array.isArray(entry) ? entry : [entry, undefined];
    const offsetMs = Math.round(i * stepMs + random() * stepMs * 0.8);
    return { offsetMs, user: people[Math.floor(random() * people.length)], text, category: category ?? null };
  });
}
