import { z } from 'zod';
import { formatIso } from '../../contract/time.ts';
import type { ChatRecord } from '../../contract/recording.ts';
import type { AddressPolicy } from './address-policy.ts';
import { openResponse, playlistLimits } from './http-fetcher.ts';
import { planRecovery } from './recovery-policy.ts';
import { toFault } from '../../contract/faults.ts';
import { waitFor } from './waiting.ts';

/** One message as an origin streams it. */
const ChatLine = z.object({ at: z.string().max(64), user: z.string().max(200).default(''), text: z.string().min(1).max(2000) });

const maxLineBytes = 16 << 10;

/** Reads a chat address (one JSON message a line, kept open) and hands over messages in batches; reconnects for ever until aborted. */
export async function followChat(url: string, policy: AddressPolicy, signal: AbortSignal, onMessages: (records: ChatRecord[]) => Promise<void>): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await openResponse(url, { limits: { ...playlistLimits, totalTimeoutMs: 2_147_483_647, idleTimeoutMs: 90_000 }, signal, policy, acceptCompressed: false }, async (_head, response) => {
        let rest = '';
        response.setEncoding('utf8');
        for await (const chunk of response as AsyncIterable<string>) {
          failures = 0;
          const lines = (rest + chunk).split('\n');
          rest = (lines.pop() ?? '').slice(0, maxLineBytes);
          await onMessages(lines.flatMap(toRecord));
        }
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

function toRecord(line: string): ChatRecord[] {
  if (line.length === 0 || line.length > maxLineBytes) return [];
  try {
    const parsed = ChatLine.safeParse(JSON.parse(line));
    if (!parsed.success || Number.isNaN(Date.parse(parsed.data.at))) return [];
    return [{ ...parsed.data, arrivedAt: formatIso(Date.now()) }];
  } catch {
    return [];
  }
}
