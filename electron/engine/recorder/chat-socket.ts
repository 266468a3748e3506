import WebSocket from 'ws';
import { FaultError, makeFault } from '../../contract/faults.ts';
import { isPrivateAddress } from './address-policy.ts';
import type { ChatAdapter } from './chat-source.ts';
import { classifyNetworkError, lookUpPublic, safeUrl } from './http-fetcher.ts';

const maxFrameBytes = 1 << 20;
const quietMs = 90_000;

/** Messages as frames of a WebSocket, each one JSON value; a connection that says nothing for 90 s, not even a pong, is given up. */
export const socketAdapter: ChatAdapter = {
  matches: (url) => /^wss?:/i.test(url),
  follow: (url, policy, signal, onTexts) => new Promise((resolve, reject) => {
    const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
    if (!policy.allowPrivate && isPrivateAddress(host)) return reject(new FaultError(makeFault('address-private', host, `${host} 是内部网络地址`)));
    // `lookup` goes through to the socket; the typings of ws do not name it.
    const options: WebSocket.ClientOptions = { maxPayload: maxFrameBytes, handshakeTimeout: 8000, followRedirects: false, perMessageDeflate: false, ...(policy.allowPrivate ? {} : { lookup: lookUpPublic }) };
    const socket = new WebSocket(url, options);
    let pending = Promise.resolve();
    let failure: Error | null = null;
    let heardMs = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - heardMs > quietMs) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, quietMs / 3);
    const stop = (): void => socket.terminate();
    signal.addEventListener('abort', stop);
    const hear = (): void => void (heardMs = performance.now());
    socket.on('pong', hear);
    socket.on('message', (data, isBinary) => {
      hear();
      if (isBinary) return;
      const text = Buffer.isBuffer(data) ? data.toString('utf8') : Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
      socket.pause(); // one frame at a time: what is not stored yet waits in the network, not in memory
      pending = pending.then(() => onTexts([text])).catch((thrown: unknown) => {
        failure = thrown instanceof Error ? thrown : new Error(String(thrown));
        socket.terminate();
      }).finally(() => socket.resume());
    });
    socket.on('error', (error: NodeJS.ErrnoException) => void (failure ??= error instanceof FaultError ? error : new FaultError(classifyNetworkError(error, safeUrl(url)))));
    socket.on('close', () => {
      clearInterval(watch);
      signal.removeEventListener('abort', stop);
      void pending.then(() => (failure === null ? resolve() : reject(failure)));
    });
    if (signal.aborted) stop();
  }),
};
