import { z } from 'zod';
import { formatIso } from '../../contract/time.ts';
import type { ChatRecord } from '../../contract/recording.ts';
import type { AddressPolicy } from './address-policy.ts';
import { openResponse, playlistLimits } from './http-fetcher.ts';
import { planRecovery } from './recovery-policy.ts';
import { FaultError, makeFault, toFault } from '../../contract/faults.ts';
import { socketAdapter } from './chat-socket.ts';
import { waitFor } from './waiting.ts';

/** One message as an origin sends it; without a time of its own it is placed where it arrived. */
const ChatLine = z.object({ at: z.string().max(64).optional(), user: z.string().max(200).default(''), text: z.string().min(1).max(2000) });

const maxLineBytes = 16 << 10;

/** How one kind of chat address is followed until its connection ends: `onOpen` once it stands, messages as texts of one JSON value each. Throws FaultError. */
export type ChatAdapter = {
  matches: (url: string) => boolean;
  follow: (url: string, policy: AddressPolicy, signal: AbortSignal, onTexts: (texts: string[]) => Promise<void>) => Promise<void>;
};

/** One JSON message a line over an HTTP answer that stays open. */
const lineAdapter: ChatAdapter = {
  matches: (url) => /^https?:/i.test(url),
  follow: (url, policy, signal, onTexts) => openResponse(url, { limits: { ...playlistLimits, totalTimeoutMs: 2_147_483_647, idleTimeoutMs: 90_000 }, signal, policy, acceptCompressed: false }, async (_head, response) => {
    let rest = '';
    response.setEncoding('utf8');
    for await (const chunk of response as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = (lines.pop() ?? '').slice(0, maxLineBytes);
      await onTexts(lines);
    }
  }),
};

const adapters: readonly ChatAdapter[] = [lineAdapter, socketAdapter];
/** Messages a second that are kept; a flood above that is counted and left out. */
const maxPerSecond = 500;

/** Reads a chat address and hands over messages in batches; reconnects for ever until aborted. */
export async function followChat(url: string, policy: AddressPolicy, signal: AbortSignal, onMessages: (records: ChatRecord[]) => Promise<void>): Promise<void> {
  let failures = 0;
  let second = { startMs: 0, kept: 0, dropped: 0 };
  const adapter = adapters.find((candidate) => candidate.matches(url));
  while (!signal.aborted) {
    try {
      if (adapter === undefined) throw new FaultError(makeFault('url-invalid', 'chat', '弹幕地址应以 http(s):// 或 ws(s):// 开头'));
      await adapter.follow(url, policy, signal, async (texts) => {
        failures = 0;
        if (performance.now() - second.startMs >= 1000) {
          if (second.dropped > 0) process.stderr.write(`chat: ${second.dropped} messages of one second were too many and are not kept\n`);
          second = { startMs: performance.now(), kept: 0, dropped: 0 };
        }
        const records = texts.slice(0, maxPerSecond).flatMap(toRecords);
        const taken = records.slice(0, Math.max(0, maxPerSecond - second.kept));
        second.kept += taken.length;
        second.dropped += records.length - taken.length + Math.max(0, texts.length - maxPerSecond);
        await onMessages(taken);
      });
      failures += 1;
    } catch (thrown) {
      failures += 1;
      if (signal.aborted) return;
      const fault = toFault(thrown, 'chat');
      if (failures === 1) process.stderr.write(`chat: ${fault.code} ${fault.message}\n`);
    }
    await waitFor(planRecovery({ code: 'connect-failed', scope: 'chat', message: '', retryable: true }, failures, Math.random()).delayMs, signal);
  }
}

/** One message, or an array of them; what is none is left out. */
function toRecords(text: string): ChatRecord[] {
  if (text.length === 0 || text.length > maxLineBytes) return [];
  try {
    const value: unknown = JSON.parse(text);
    const arrivedAt = formatIso(Date.now());
    return (Array.isArray(value) ? value : [value]).flatMap((item) => {
      const parsed = ChatLine.safeParse(item);
      if (!parsed.success) return [];
      const at = parsed.data.at === undefined || Number.isNaN(Date.parse(parsed.data.at)) ? arrivedAt : parsed.data.at;
      return [{ user: parsed.data.user, text: parsed.data.text, at, arrivedAt }];
    });
  } catch {
    return [];
  }
}
