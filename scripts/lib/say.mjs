const chinese = /^zh/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || Intl.DateTimeFormat().resolvedOptions().locale);
const terminal = process.stderr.isTTY === true;
let open = false;

/** Picks the sentence in the terminal's language; without an English one the first serves both. */
export function pick(zh, en = zh) {
  return chinese ? zh : en;
}

/** Prints one line on stderr; stdout belongs to the command's result. */
export function say(zh, en) {
  endProgress();
  process.stderr.write(`${pick(zh, en)}\n`);
}

/** Redraws one progress line on stderr; where stderr is no terminal, prints at most what the caller asks for. */
export function showProgress(zh, en) {
  if (!terminal) return;
  open = true;
  process.stderr.write(`\r\x1b[K${pick(zh, en)}`);
}

/** Ends a progress line so that the next output begins on its own. */
export function endProgress() {
  if (!open) return;
  open = false;
  process.stderr.write('\r\x1b[K');
}
