/** The picture of each demo room as SVG layers of 540×960: backdrop, host in several poses, goods, banners, a clock's hands. */

const font = "font-family=\"'Noto Sans CJK SC'\"";
const palettes = {
  'demo-tea': { wall: ['#e9dfc8', '#cdb98f'], accent: '#7a2e1d', banner: ['#fff3c4', '#8c1c13'], cloth: '#31594a', trim: '#e8d9a8', hair: '#2a1c16', skin: '#f1c9a5', desk: '#6d4526' },
  'demo-bags': { wall: ['#d7dbe0', '#a9b2bd'], accent: '#1d3557', banner: ['#ffffff', '#c1121f'], cloth: '#2b2d42', trim: '#8d99ae', hair: '#141414', skin: '#e6b48c', desk: '#4a4e57' },
  'demo-jewel': { wall: ['#3a2147', '#1d1026'], accent: '#d9b25f', banner: ['#fff6dc', '#5b1a6b'], cloth: '#b23a63', trim: '#f4d9a0', hair: '#3b2219', skin: '#f4d0b2', desk: '#2a1533' },
  'demo-fruit': { wall: ['#bfe3f7', '#eaf7e0'], accent: '#3a7d2c', banner: ['#ffffff', '#2d6a1f'], cloth: '#3d6ea5', trim: '#d9e6f2', hair: '#5a5a5a', skin: '#d9a577', desk: '#8a5a2b' },
};

const times = (n, draw) => Array.from({ length: n }, (_, i) => draw(i)).join('');
const svg = (body) => `<svg xmlns="http://www.w3.org/2000/svg" width="540" height="960" viewBox="0 0 540 960">${body}</svg>`;

const tin = (x, y, w, h, fill, label) => `<g><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="5" fill="${fill}"/><rect x="${x - 2}" y="${y - 7}" width="${w + 4}" height="11" rx="3" fill="#00000055"/><rect x="${x + 5}" y="${y + h * 0.3}" width="${w - 10}" height="${h * 0.45}" rx="2" fill="${label}"/></g>`;
const tote = (x, y, s, fill) => `<g transform="translate(${x} ${y}) scale(${s})"><path d="M22 30 Q22 -26 50 -26 Q78 -26 78 30" fill="none" stroke="#0006" stroke-width="7"/><path d="M4 26 H96 L104 104 Q104 112 96 112 H4 Q-4 112 -4 104 Z" fill="${fill}"/><path d="M4 26 H96 L98 44 H2 Z" fill="#0003"/><rect x="42" y="40" width="16" height="12" rx="2" fill="#d4af37"/><path d="M2 50 L-1 102 M98 50 L101 102" stroke="#fff5" stroke-width="1.6" stroke-dasharray="4 3"/></g>`;
const apple = (x, y, r, fill = '#c8322b') => `<g transform="translate(${x} ${y})"><circle cx="${-r * 0.3}" r="${r}" fill="${fill}"/><circle cx="${r * 0.3}" r="${r}" fill="${fill}"/><path d="M0 ${-r * 0.7} q3 ${-r * 0.7} 9 ${-r * 0.8}" stroke="#5b3a1a" stroke-width="3" fill="none"/><path d="M5 ${-r} q${r * 0.6} ${-r * 0.5} ${r} 0 q${-r * 0.6} ${r * 0.4} ${-r} 0" fill="#4f9a3c"/><ellipse cx="${-r * 0.55}" cy="${-r * 0.35}" rx="${r * 0.22}" ry="${r * 0.34}" fill="#fff6" transform="rotate(25)"/></g>`;
const pendant = (x, y, s) => `<g transform="translate(${x} ${y}) scale(${s})"><path d="M-26 -54 Q0 6 26 -54" fill="none" stroke="#e8e4dc" stroke-width="2.5"/><circle r="21" cy="0" fill="#f3efe6"/><circle r="16" fill="#58a07c"/><path d="M-9 -7 q9 -8 16 0" stroke="#d8f3e3" stroke-width="3" fill="none"/></g>`;

const backdrops = {
  'demo-tea': (p) => `${[330, 430, 530].map((y, row) => `<rect x="0" y="${y}" width="540" height="12" fill="#7d5733"/><rect x="0" y="${y + 12}" width="540" height="6" fill="#0003"/>${times(9, (i) => (i > 2 && i < 6 ? '' : tin(14 + i * 60, y - 62, 40, 60, ['#8a4b2a', '#3f6b4f', '#b08d3c'][(i + row) % 3], '#f4e7c5')))}`).join('')}
    <path d="M0 560 h540 v120 h-540z" fill="#b99c6b"/>`,
  'demo-bags': () => `${[350, 505].map((y, row) => `<rect x="0" y="${y}" width="540" height="9" fill="#6c757d"/>${[8, 92, 372, 456].map((x, i) => tote(x, y - 95, 0.76, ['#1f1f23', '#7a4a28', '#d8c7a6', '#5b2333'][(i + row) % 4])).join('')}`).join('')}
    ${times(4, (i) => `<rect x="${[3, 178, 358, 533][i]}" y="270" width="5" height="420" fill="#868e96"/>`)}<path d="M0 600 h540 v90 h-540z" fill="#98a1ac"/>`,
  'demo-jewel': () => `<radialGradient id="glow"><stop offset="0" stop-color="#f7d88c" stop-opacity=".55"/><stop offset="1" stop-color="#f7d88c" stop-opacity="0"/></radialGradient><ellipse cx="270" cy="470" rx="330" ry="300" fill="url(#glow)"/>
    ${[10, 430].map((x) => `<rect x="${x}" y="330" width="100" height="300" rx="6" fill="#0004" stroke="#d9b25f" stroke-width="2"/>${times(3, (i) => `<rect x="${x + 4}" y="${420 + i * 95}" width="92" height="4" fill="#d9b25f"/>${pendant(x + 30, 398 + i * 95, 0.55)}${pendant(x + 72, 398 + i * 95, 0.55)}`)}`).join('')}`,
  'demo-fruit': () => `<circle cx="90" cy="330" r="42" fill="#fff3b0"/><path d="M0 520 Q140 430 300 500 T540 450 V700 H0Z" fill="#9ccb86"/><path d="M0 580 Q180 520 540 570 V860 H0Z" fill="#7bb661"/>
    ${[[60, 470, 1], [470, 450, 1.15], [390, 400, 0.6], [170, 430, 0.55]].map(([x, y, s]) => `<g transform="translate(${x} ${y}) scale(${s})"><rect x="-9" y="50" width="18" height="110" fill="#6b4a2b"/><circle r="72" fill="#4f8f3a"/><circle cx="-40" cy="34" r="46" fill="#5a9c43"/><circle cx="42" cy="30" r="48" fill="#478535"/>${times(9, (i) => `<circle cx="${-60 + ((i * 47) % 125)}" cy="${-40 + ((i * 31) % 100)}" r="8" fill="#c8322b"/>`)}</g>`).join('')}`,
};

const desks = {
  'demo-tea': () => `${tin(30, 748, 62, 92, '#3f6b4f', '#f4e7c5')}${tin(104, 760, 56, 80, '#8a4b2a', '#f4e7c5')}<g><ellipse cx="215" cy="822" rx="44" ry="30" fill="#7a3b1f"/><path d="M255 812 q28 -8 30 -26" stroke="#7a3b1f" stroke-width="11" fill="none"/><ellipse cx="215" cy="795" rx="20" ry="6" fill="#5b2a14"/><circle cx="215" cy="787" r="6" fill="#5b2a14"/></g>${times(2, (i) => `<path d="M${300 + i * 44} 822 h34 l-5 22 h-24z" fill="#fdf8ec"/>`)}`,
  'demo-bags': () => `${tote(28, 745, 0.85, '#7a4a28')}${tote(148, 752, 0.78, '#d8c7a6')}${tote(256, 758, 0.72, '#1f1f23')}`,
  'demo-jewel': () => `${times(3, (i) => `<rect x="${24 + i * 104}" y="776" width="88" height="68" rx="8" fill="#f7efe4"/><rect x="${30 + i * 104}" y="782" width="76" height="56" rx="5" fill="#5b1a6b"/>${pendant(68 + i * 104, 816, 0.75)}`)}`,
  'demo-fruit': () => `<g><path d="M20 790 h320 l-20 62 h-280z" fill="#b9803f"/>${times(8, (i) => apple(52 + i * 36, 782 - (i % 2) * 8, 17, ['#c8322b', '#d2492f', '#b52a2a'][i % 3]))}<path d="M20 790 h320 l-6 18 h-308z" fill="#9c6a31"/><path d="M27 822 h306" stroke="#7d5225" stroke-width="4"/></g>`,
};

const held = { 'demo-tea': tin(-20, -70, 44, 66, '#b08d3c', '#f4e7c5'), 'demo-bags': tote(-42, 30, 0.85, '#7a4a28'), 'demo-jewel': pendant(0, 42, 1.15), 'demo-fruit': apple(0, -20, 26) };

/** Wall, shelves, account name and title: what never moves. */
export function drawBackdrop(room) {
  const p = palettes[room.id];
  return svg(`<defs><linearGradient id="wall" x2="0" y2="1"><stop offset="0" stop-color="${p.wall[0]}"/><stop offset="1" stop-color="${p.wall[1]}"/></linearGradient></defs>
    <rect width="540" height="960" fill="url(#wall)"/>${backdrops[room.id](p)}
    <g><rect x="16" y="20" width="${92 + room.name.length * 24}" height="64" rx="32" fill="#000a"/><circle cx="48" cy="52" r="25" fill="${p.accent}"/><text x="48" y="62" text-anchor="middle" font-size="26" font-weight="700" fill="#fff" ${font}>${room.host.slice(2, 3)}</text>
    <text x="84" y="60" font-size="23" font-weight="600" fill="#fff" ${font}>${room.name}</text></g>
    <circle cx="478" cy="58" r="42" fill="#fffdf5" stroke="${p.accent}" stroke-width="6"/>${times(12, (i) => `<path d="M478 24 v${i % 3 ? 4 : 9}" stroke="#444" stroke-width="3" transform="rotate(${i * 30} 478 58)"/>`)}<path d="M478 58 L461 41" stroke="#333" stroke-width="5" stroke-linecap="round"/>`);
}

/** The second hand of the clock at a whole second. */
export function drawClockHand(second) {
  return svg(`<g transform="rotate(${second * 6} 478 58)"><path d="M478 68 V30" stroke="#c1121f" stroke-width="3" stroke-linecap="round"/></g><circle cx="478" cy="58" r="4" fill="#c1121f"/>`);
}

/** The large banner; text of one or two lines, set as wide as it fits. */
export function drawBanner(room, text, index) {
  const p = palettes[room.id];
  const lines = text.split('\n');
  const longest = Math.max(...lines.map((line) => [...line].reduce((sum, c) => sum + (c.charCodeAt(0) < 256 ? 0.56 : 1), 0)));
  const size = Math.min(62, Math.floor(470 / longest));
  const [paper, ink] = index % 2 ? [p.banner[1], p.banner[0]] : p.banner;
  return svg(`<rect x="20" y="112" width="500" height="186" rx="14" fill="#0003"/><rect x="20" y="106" width="500" height="186" rx="14" fill="${paper}"/><rect x="28" y="114" width="484" height="170" rx="9" fill="none" stroke="${ink}" stroke-width="2"/>
    ${lines.map((line, i) => `<text x="270" y="${199 + (i - (lines.length - 1) / 2) * (size + 16) + size * 0.36}" text-anchor="middle" font-size="${size}" font-weight="800" fill="${ink}" ${font}>${line}</text>`).join('')}`);
}

/** Desk, goods and price card, in front of the host. */
export function drawDesk(room) {
  const p = palettes[room.id];
  const [amount, unit] = room.price;
  return svg(`<rect x="0" y="838" width="540" height="122" fill="${p.desk}"/><rect x="0" y="838" width="540" height="10" fill="#fff3"/>${desks[room.id](p)}
    <g><rect x="366" y="724" width="158" height="128" rx="12" fill="#fff"/><rect x="366" y="724" width="158" height="40" rx="12" fill="${p.accent}"/><rect x="366" y="750" width="158" height="14" fill="${p.accent}"/>
    <text x="445" y="753" text-anchor="middle" font-size="21" font-weight="600" fill="#fff" ${font}>${room.product}</text>
    <text x="445" y="826" text-anchor="middle" font-weight="800" fill="#b3131b" ${font}><tspan font-size="52">${amount}</tspan><tspan font-size="22" font-weight="600">${unit}</tspan></text></g>
    <text x="270" y="915" text-anchor="middle" font-size="30" font-weight="600" fill="#fff" fill-opacity=".92" ${font}>${room.slogan}</text>`);
}

/** The host: mouth 0 shut … 2 open, pose 0…7 of a gesture of the right hand, which holds the goods. */
export function drawHost(room, { mouth, pose, blink }) {
  const p = palettes[room.id];
  const woman = room.voice.name.includes('+f');
  const swing = Math.sin((pose / 7) * Math.PI * 0.5);
  const tilt = -3 + swing * 6;
  const mouths = ['<path d="M-15 0 Q0 9 15 0" stroke="#8a3b33" stroke-width="4" fill="none" stroke-linecap="round"/>', '<ellipse rx="13" ry="7" fill="#7a2a26"/><path d="M-10 -2 h20" stroke="#fff" stroke-width="3"/>', '<ellipse rx="15" ry="13" fill="#6a201e"/><path d="M-11 -6 h22" stroke="#fff" stroke-width="4"/><ellipse cy="7" rx="8" ry="4" fill="#d9776f"/>'];
  const eye = (x) => (blink ? `<path d="M${x - 9} 452 h18" stroke="#2b1b14" stroke-width="4" stroke-linecap="round"/>` : `<ellipse cx="${x}" cy="452" rx="8" ry="9.5" fill="#2b1b14"/><circle cx="${x + 3}" cy="448" r="3" fill="#fff"/>`);
  const hand = { x: 372 + swing * 34, y: 640 - swing * 92 };
  const elbow = { x: 402 + swing * 26, y: 742 - swing * 22 };
  return svg(`
    ${woman ? `<path d="M186 440 Q180 330 270 330 Q360 330 354 440 Q362 560 348 622 H192 Q178 560 186 440Z" fill="${p.hair}"/>` : ''}
    <path d="M148 860 Q140 640 214 604 L250 588 H290 L326 604 Q400 640 392 860Z" fill="${p.cloth}"/><path d="M238 590 L270 650 L302 590 L292 572 H248Z" fill="${p.trim}"/><rect x="248" y="536" width="44" height="62" rx="20" fill="${p.skin}"/><path d="M248 560 q22 18 44 0 v12 q-22 16 -44 0z" fill="#0002"/>
    <path d="M160 720 Q132 790 204 824" stroke="${p.cloth}" stroke-width="50" fill="none" stroke-linecap="round"/><circle cx="214" cy="822" r="23" fill="${p.skin}"/>
    <g transform="rotate(${tilt.toFixed(2)} 270 560)"><ellipse cx="270" cy="462" rx="78" ry="94" fill="${p.skin}"/><ellipse cx="192" cy="468" rx="11" ry="17" fill="${p.skin}"/><ellipse cx="348" cy="468" rx="11" ry="17" fill="${p.skin}"/>
      ${woman ? `<path d="M190 452 Q190 352 270 352 Q350 352 350 452 Q336 400 284 392 Q230 396 190 452Z" fill="${p.hair}"/>` : `<path d="M188 446 Q182 350 270 348 Q358 350 352 446 Q344 402 318 396 Q270 408 222 396 Q196 402 188 446Z" fill="${p.hair}"/>`}
      ${room.id === 'demo-fruit' ? '<ellipse cx="270" cy="386" rx="138" ry="20" fill="#e0bd74"/><path d="M196 384 Q206 316 270 316 Q334 316 344 384Z" fill="#ecd08f"/><path d="M198 376 Q270 392 342 376 v8 Q270 400 196 384Z" fill="#a0612d"/>' : ''}
      ${eye(240)}${eye(300)}<path d="M226 432 q14 -8 27 -2 M287 430 q14 -6 27 2" stroke="${p.hair}" stroke-width="4.5" fill="none" stroke-linecap="round"/><path d="M270 460 q-7 22 2 24" stroke="#0004" stroke-width="3" fill="none"/><g transform="translate(270 516)">${mouths[mouth]}</g>
      <ellipse cx="222" cy="494" rx="14" ry="8" fill="#e5736555"/><ellipse cx="318" cy="494" rx="14" ry="8" fill="#e5736555"/></g>
    <path d="M352 676 L${elbow.x} ${elbow.y} L${hand.x} ${hand.y}" stroke="${p.cloth}" stroke-width="48" fill="none" stroke-linecap="round" stroke-linejoin="round"/>
    <g transform="translate(${hand.x.toFixed(1)} ${(hand.y - 22).toFixed(1)}) rotate(${(-8 + swing * 16).toFixed(1)})">${held[room.id]}</g><circle cx="${hand.x}" cy="${hand.y - 18}" r="24" fill="${p.skin}"/>`);
}

/** A heart that floats up when viewers like the room. */
export function drawHeart(fill) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40"><path d="M20 35 C-4 18 6 2 20 12 C34 2 44 18 20 35Z" fill="${fill}" fill-opacity=".85"/></svg>`;
}
