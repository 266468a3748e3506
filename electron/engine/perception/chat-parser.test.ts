import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createChatParser, parseChat } from './chat-parser.ts';

test('reads JSON lines with any of the usual names and clocks', () => {
  const messages = parseChat([
    '{"at":"2026-11-23T21:00:00+08:00","user":"甲","text":"多少钱"}',
    '{"ts":1795438800,"nickname":"乙","content":"返现吗"}',
    '{"time":1795438801000,"user":{"name":"丙"},"msg":"好"}',
    '{"time":12.5,"text":"片中"}',
    'oops', '', '{"text":"没有时间"}', '{"at":1,"text":""}',
  ].join('\r\n'), 'jsonl');
  assert.deepEqual(messages.map((m) => [m.clock, m.user, m.text]), [['media', undefined, '片中'], ['wall', '甲', '多少钱'], ['wall', '乙', '返现吗'], ['wall', '丙', '好']].sort((a, b) => (a[0] === 'media' ? -1 : b[0] === 'media' ? 1 : 0)));
  assert.equal(messages[0]!.startMs, 12_500);
  assert.ok(messages.some((m) => m.startMs === 1_795_438_800_000));
});

test('reads danmaku XML and decodes only what XML itself names', () => {
  const xml = `<?xml version="1.0"?><!DOCTYPE i [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><i><chatid>1</chatid>
    <d p="23.826,1,25,16777215,1422201084,0,057075e9,1">加我&#24494;&#x4FE1; &amp; &b;</d>
    <d p="1.5,1,25,0,0,0,u,2" user="小 明">早</d><d p="x,1">坏</d><d p="3">没完`;
  const messages = parseChat(xml, 'xml');
  assert.deepEqual(messages, [
    { startMs: 1500, clock: 'media', user: '小 明', text: '早' },
    { startMs: 23_826, clock: 'media', user: '057075e9', text: '加我微信 & &b;' },
  ]);
});

test('however the input is cut, the messages are the same', () => {
  const jsonl = '{"at":1,"text":"一"}\n{"at":2,"text":"二"}\nbad\n{"at":3,"user":"u","text":"三"}';
  const xml = '<i><d p="1,1">一</d>\n<d p="2,1">二</d><d p="bad">x</d><d p="3">三</d></i>';
  fc.assert(fc.property(fc.constantFrom<['jsonl' | 'xml', string]>(['jsonl', jsonl], ['xml', xml]), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }), ([format, text], cuts) => {
    const parser = createChatParser(format);
    const messages = [];
    let from = 0;
    for (const cut of cuts) {
      messages.push(...parser.push(text.slice(from, from + cut)));
      from += cut;
    }
    messages.push(...parser.push(text.slice(from)), ...parser.end());
    assert.deepEqual(messages.map((m) => m.text), ['一', '二', '三']);
    assert.equal(parser.skipped, 1);
  }));
});

test('any text is survived', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('<d p="1">', '</d>', '<d ', '>', '{"at":1,"text":"a"}', '\n', '"', '&#x110000;', '&#0;', '<![CDATA['));
  fc.assert(fc.property(fc.array(piece).map((p) => p.join('')), fc.constantFrom('jsonl', 'xml' as const), (text, format) => {
    for (const m of parseChat(text, format)) assert.ok(Number.isFinite(m.startMs) && m.startMs >= 0 && m.text.length > 0);
  }), { numRuns: 500 });
});

test('a record without end does not fill the memory, and what follows is read', () => {
  const lines = createChatParser('jsonl');
  for (let i = 0; i < 50; i++) lines.push('x'.repeat(65_536));
  assert.deepEqual(lines.push('\n{"at":1,"text":"后"}\n').map((m) => m.text), ['后']);
  assert.equal(lines.skipped, 1);
  const xml = createChatParser('xml');
  xml.push('<i><d p="1">');
  for (let i = 0; i < 50; i++) xml.push('x'.repeat(65_536));
  const after = xml.push('</d><d p="2">后</d>');
  assert.deepEqual(after.map((m) => m.text), ['后']);
});
