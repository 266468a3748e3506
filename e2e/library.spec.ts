import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator, Page } from '@playwright/test';
import { repository } from './engine-process.ts';
import { expect, test } from './shell-fixture.ts';

let folder = '';

test.beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'zhibojian-library-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function makeRecording(name: string, tone: number): string {
  const file = path.join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=s=320x240:r=25:d=8', '-f', 'lavfi', '-i', `sine=frequency=${tone}:d=8`, '-c:v', 'libx264', '-g', '50', '-c:a', 'aac', file]);
  return file;
}

async function openLibrary(window: Page): Promise<void> {
  await window.getByTestId('place-library').click();
  await expect(window.getByTestId('disk-bar')).toBeVisible();
}

function doneTask(window: Page, kind: string): Locator {
  return window.locator(`[data-testid="task-row"][data-kind="${kind}"][data-state="done"]`).first();
}

async function importAs(window: Page, file: string, room: string): Promise<Locator> {
  await window.getByTestId('library-import').click();
  await window.getByTestId('import-paths').fill(file);
  await window.getByTestId('import-goal').getByText('新建直播间').click();
  await window.getByTestId('import-room-name').fill(room);
  await window.getByTestId('import-run').click();
  const row = window.getByTestId('recording-row').filter({ hasText: room });
  await expect(row).toHaveCount(1, { timeout: 60_000 });
  return row;
}

/** What a finished task left in the strip would be mistaken for the next one of its kind. */
async function hideTasks(window: Page): Promise<void> {
  const hide = window.getByTestId('task-hide');
  while (await hide.count() > 0) await hide.first().click();
}

async function choose(row: Locator): Promise<void> {
  await row.locator('.ant-checkbox-input').check();
}

function mark(row: Locator, name: string): Locator {
  return row.locator(`[data-mark="${name}"]`);
}

test('what is recorded is listed with its size and state, the disk bar adds up, and a row opens its room', async ({ window }) => {
  await openLibrary(window);
  const rows = window.getByTestId('recording-row');
  await expect.poll(() => rows.count(), { timeout: 60_000 }).toBeGreaterThanOrEqual(2);
  const running = rows.and(window.locator('[data-state="recording"]')).first();
  await expect(mark(running, 'recording')).toHaveText('录制中');
  await expect(window.getByTestId('library-gate')).toContainText('正常');
  await expect(window.getByTestId('disk-recordings')).toHaveText(/\d.* (kB|MB|GB)/);
  await expect(window.getByTestId('disk-days')).toContainText(/约可再录 [\d.]+ 日/, { timeout: 30_000 });
  await window.keyboard.press('j');
  await expect(rows.first()).toHaveAttribute('aria-current', 'true');
  await window.keyboard.press('x');
  await expect(window.getByTestId('selection-line')).toContainText('已选 1 场');
  await window.keyboard.press('Escape');
  await expect(window.getByTestId('selection-line')).toHaveCount(0);
  await window.keyboard.press('Enter');
  await expect(window).toHaveURL(/#\/room\/[a-z0-9-]+\?at=\d+/);
  await window.keyboard.press('F4');
  await expect(window.getByTestId('library-screen')).toBeVisible();
});

test('a file is imported, held, kept from deletion, scheduled, undone, exported', async ({ window }) => {
  await openLibrary(window);
  const file = makeRecording('导入甲.flv', 440);
  const row = await importAs(window, file, '导入甲');
  await expect(mark(row, 'imported')).toBeVisible();
  await expect(doneTask(window, 'import')).toContainText('已导入 1 场');
  await hideTasks(window);

  // The same content again is refused with the reason.
  await window.getByTestId('library-import').click();
  await window.getByTestId('import-paths').fill(`"${file}"`);
  await window.getByTestId('import-run').click();
  const refused = window.locator('[data-testid="task-row"][data-state="failed"]');
  await expect(refused).toContainText('已经导入过', { timeout: 30_000 });
  await expect(refused.getByTestId('task-resume')).toHaveCount(0);
  await hideTasks(window);

  await choose(row);
  await window.getByTestId('act-hold').click();
  await expect(window.getByTestId('hold-run')).toBeDisabled();
  await window.getByTestId('hold-reason').fill('立案调查');
  await window.getByTestId('hold-run').click();
  await expect(mark(row, 'hold')).toHaveText('保全：立案调查');
  await window.getByTestId('act-schedule').click();
  await expect(window.getByTestId('notice').filter({ hasText: '不能列入' })).toBeVisible();
  await expect(window.getByTestId('schedule-dialog')).toHaveCount(0);
  await window.screenshot({ path: path.join(repository, 'test-results/screens', 'library-held.png') });

  await window.getByTestId('view-holds').click();
  const hold = window.getByTestId('hold-row').filter({ hasText: '立案调查' });
  await hold.getByTestId('release-hold').click();
  await window.getByTestId('release-reason').fill('结案');
  await window.getByTestId('release-run').click();
  await expect(hold).toHaveCount(0);
  await window.getByTestId('show-released').check();
  await expect(hold).toContainText('结案');

  await window.getByTestId('view-recordings').click();
  await expect(mark(row, 'hold')).toHaveCount(0);
  await choose(row);
  await window.getByTestId('act-schedule').click();
  const run = window.getByTestId('schedule-run');
  await expect(run).toBeDisabled();
  await window.getByTestId('schedule-early').check();
  await expect(run).toBeDisabled();
  await window.getByTestId('schedule-reason').fill('重复录像');
  await window.screenshot({ path: path.join(repository, 'test-results/screens', 'library-schedule.png') });
  await run.click();
  await expect(row).toHaveAttribute('data-state', 'scheduled');
  await window.getByTestId('view-retention').click();
  const planned = window.getByTestId('plan-scheduled').getByTestId('plan-row').filter({ hasText: '导入甲' });
  await expect(planned).toContainText('宽限期至');
  await expect(planned.getByTestId('plan-purge')).toBeDisabled();
  await window.screenshot({ path: path.join(repository, 'test-results/screens', 'library-scheduled.png') });
  await planned.getByTestId('plan-undo').click();
  await expect(planned).toHaveCount(0);
  await window.getByTestId('view-recordings').click();
  await expect(row).toHaveAttribute('data-state', 'kept');

  await choose(row);
  await window.getByTestId('act-export').click();
  const preflight = window.getByTestId('target-preflight');
  await window.getByTestId('target-path').fill('relative/path');
  await expect(preflight).toHaveAttribute('data-ok', 'false');
  await expect(window.getByTestId('target-run')).toBeDisabled();
  const target = path.join(folder, 'stick');
  await window.getByTestId('target-path').fill(target);
  await expect(preflight).toHaveAttribute('data-ok', 'true');
  await window.screenshot({ path: path.join(repository, 'test-results/screens', 'library-export.png') });
  await window.getByTestId('target-run').click();
  await expect(doneTask(window, 'export')).toContainText(target);
  const [exported = ''] = readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((name) => path.basename(name) === 'sha256sums');
  execFileSync('sha256sum', ['-c', '--quiet', 'sha256sums'], { cwd: path.dirname(path.join(target, exported)) });
});

test('one byte that flips on disk is found, named and said', async ({ window, shell }) => {
  await openLibrary(window);
  const row = await importAs(window, makeRecording('导入乙.flv', 660), '导入乙');
  await hideTasks(window);
  await choose(row);
  await window.getByTestId('act-verify').click();
  await expect(doneTask(window, 'verify')).toContainText('全部与入库时一致');
  await hideTasks(window);

  const sessionId = await row.getAttribute('data-recording') ?? '';
  const rooms = path.join(shell.dataDir, 'rooms');
  const session = readdirSync(rooms).map((room) => path.join(rooms, room, sessionId)).find((dir) => existsSync(dir)) ?? '';
  const stored = path.join(session, readdirSync(session).find((name) => name.endsWith('.flv')) ?? '');
  const bytes = readFileSync(stored);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  writeFileSync(stored, bytes);

  await window.getByTestId('act-verify').click();
  await expect(doneTask(window, 'verify')).toContainText('发现 1 个文件');
  await expect(mark(row, 'altered')).toContainText('1 个文件与校验值不符');
  await window.getByTestId('kind-filter').getByText('异常').click();
  await expect(window.getByTestId('recording-row')).toHaveCount(1);
  await window.getByTestId('view-altered').click();
  const found = window.getByTestId('altered-row').filter({ hasText: '导入乙' });
  await expect(found).toContainText(path.basename(stored));
  await expect(found).toContainText('与入库时不一致');

  rmSync(stored);
  await window.getByTestId('verify-all').click();
  await expect(found).toContainText('文件缺失', { timeout: 60_000 });
});

test('long work waits its turn, is cancelled, and is taken up again', async ({ window }) => {
  await openLibrary(window);
  const row = await importAs(window, makeRecording('导入丙.flv', 880), '导入丙');
  const many = path.join(folder, 'many');
  mkdirSync(many);
  for (let tone = 300; tone < 1300; tone += 100) renameSync(makeRecording(`批量-${tone}.flv`, tone), path.join(many, `批量-${tone}.flv`));
  writeFileSync(path.join(many, '坏文件.mp4'), 'this is no film');
  await hideTasks(window);
  await choose(row);
  await window.getByTestId('library-import').click();
  await window.getByTestId('import-paths').fill(many);
  await window.getByTestId('import-run').click();
  await window.getByTestId('act-export').click();
  await window.getByTestId('target-path').fill(path.join(folder, 'later'));
  await window.getByTestId('target-run').click();
  const exporting = window.locator('[data-testid="task-row"][data-kind="export"]');
  await expect(exporting).toHaveAttribute('data-state', 'queued');
  await exporting.getByTestId('task-cancel').click();
  await window.screenshot({ path: path.join(repository, 'test-results/screens', 'library-tasks.png') });
  await expect(exporting).toHaveAttribute('data-state', 'cancelled', { timeout: 60_000 });
  expect(existsSync(path.join(folder, 'later'))).toBe(false);
  await exporting.getByTestId('task-resume').click();
  await expect(exporting).toHaveAttribute('data-state', 'done', { timeout: 60_000 });
  const importing = doneTask(window, 'import');
  await expect(importing).toContainText('已导入 10 场，1 项未成功', { timeout: 60_000 });
  await importing.getByTestId('task-problems').click();
  await expect(importing).toContainText('坏文件.mp4');
  await expect(window.getByTestId('rail-room').filter({ hasText: '坏文件' })).toHaveCount(0);
});

test('once the grace is over the files go for good, after the words are typed', async ({ window, shell }) => {
  await openLibrary(window);
  const row = await importAs(window, makeRecording('导入丁.flv', 990), '导入丁');
  const sessionId = await row.getAttribute('data-recording') ?? '';
  await choose(row);
  await window.keyboard.press('d');
  await window.getByTestId('schedule-early').check();
  await window.getByTestId('schedule-reason').fill('当事人申请删除');
  await window.getByTestId('schedule-run').click();
  await expect(row).toHaveAttribute('data-state', 'scheduled');
  // A week passes.
  const database = new DatabaseSync(path.join(shell.dataDir, 'zhibojian.db'), { timeout: 5000 });
  database.prepare('UPDATE deletions SET purge_after_ms = ? WHERE session_id = ?').run(Date.now() - 1000, sessionId);
  database.close();
  await window.reload();
  await expect(mark(row, 'scheduled')).toContainText('宽限期已满');
  await window.getByTestId('view-retention').click();
  await window.getByTestId('purge-all').click();
  const purge = window.getByTestId('purge-run');
  await expect(purge).toBeDisabled();
  await window.getByTestId('purge-word').fill('删除');
  await expect(purge).toBeDisabled();
  await window.getByTestId('purge-word').fill('彻底删除');
  await purge.click();
  await expect(window.getByTestId('notice').filter({ hasText: '已删除 1 场' })).toBeVisible();
  await window.getByTestId('view-recordings').click();
  await expect(row).toHaveCount(0);
  await window.getByTestId('kind-filter').getByText('已删除').click();
  await expect(mark(row, 'deleted')).toContainText('保留事实与校验值');
  const kept = readdirSync(path.join(shell.dataDir, 'rooms'), { recursive: true, encoding: 'utf8' }).filter((name) => name.includes(sessionId));
  expect(kept.filter((name) => name.endsWith('.flv'))).toEqual([]);
  expect(kept.some((name) => name.endsWith('segments.jsonl'))).toBe(true);
});

test('a browser that cannot say where a dropped file lies says so, and a path that is not whole is refused', async ({ window, shell }) => {
  test.skip(shell.electron !== null, 'the desktop shell knows the path');
  await openLibrary(window);
  await window.keyboard.press('i');
  const dropped = await window.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], '录像.flv'));
    return transfer;
  });
  await window.getByTestId('import-drop').dispatchEvent('drop', { dataTransfer: dropped });
  await expect(window.getByTestId('import-no-path')).toBeVisible();
  await window.getByTestId('import-paths').fill('录像/甲.flv');
  await expect(window.getByTestId('import-partial')).toContainText('录像/甲.flv');
  await expect(window.getByTestId('import-run')).toBeDisabled();
});

test('settings hold at once, and keeping less than the standard takes an explicit yes', async ({ window }) => {
  await openLibrary(window);
  await window.getByTestId('library-settings').click();
  const days = window.getByTestId('library-settings-form').getByTestId('retention-days');
  await days.fill('30');
  await expect(window.getByTestId('library-settings-save')).toBeDisabled();
  await window.getByTestId('confirm-shorter').check();
  await window.getByTestId('library-settings-save').click();
  await expect(window.getByTestId('library-settings-form')).toHaveCount(0);
  await window.getByTestId('view-retention').click();
  await expect(window.getByTestId('retention-view')).toContainText('保存期 30 日');
  await window.getByTestId('library-settings').click();
  await days.fill('120');
  await window.getByTestId('add-room-quota').click();
  await window.locator('.ant-select-item-option').filter({ hasText: '琳琅珠宝小铺' }).click();
  await expect(window.getByTestId('room-quota')).toContainText('琳琅珠宝小铺');
  await window.getByTestId('library-settings-save').click();
  await expect(window.getByTestId('retention-view')).toContainText('保存期 120 日');
  await window.reload();
  await window.getByTestId('library-settings').click();
  await expect(window.getByTestId('room-quota').locator('input')).toHaveValue('100');
});

test('the library moves to another folder while it records, and the old copy goes on request', async ({ window, shell }) => {
  await openLibrary(window);
  await window.getByTestId('library-move').click();
  await window.getByTestId('target-path').fill(path.join(shell.dataDir, 'rooms', 'inside'));
  await expect(window.getByTestId('target-preflight')).toHaveAttribute('data-ok', 'false');
  const target = path.join(shell.dataDir, 'elsewhere');
  await window.getByTestId('target-path').fill(target);
  await expect(window.getByTestId('target-preflight')).toHaveAttribute('data-ok', 'true');
  await window.getByTestId('target-run').click();
  await expect(doneTask(window, 'move')).toContainText(target, { timeout: 60_000 });
  await expect(window.getByTestId('disk-bar')).toContainText(target);
  await window.getByTestId('remove-old').click();
  await window.getByTestId('remove-old-sure').check();
  await window.getByTestId('remove-old-run').click();
  await expect(window.getByTestId('old-copy')).toHaveCount(0);
  expect(existsSync(path.join(shell.dataDir, 'rooms'))).toBe(false);
});

for (const size of [{ width: 1280, height: 800 }, { width: 1920, height: 1080 }]) {
  for (const theme of ['dark', 'light'] as const) {
    test(`every view of the library is whole at ${size.width}×${size.height}, ${theme}`, async ({ window, shell }) => {
      test.skip(shell.electron !== null, 'the size of an Electron window is not the page\'s to set');
      await window.setViewportSize(size);
      const language = size.width === 1280 && theme === 'light' ? 'en' : 'zh';
      await window.evaluate((settings) => localStorage.setItem('zhibojian.settings', JSON.stringify(settings)), { theme, language });
      await window.reload();
      await window.getByTestId('place-library').click();
      await expect(window.getByTestId('recording-row').first()).toBeVisible();
      const shoot = async (name: string): Promise<void> => {
        const wide = await window.evaluate(() => [...document.querySelectorAll<HTMLElement>('.page, .page .ant-table-content, .library-filter, .task-row')].filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.className));
        expect(wide, `${name} sticks out`).toEqual([]);
        await window.screenshot({ path: path.join(repository, 'test-results/screens', `library-${name}-${theme}-${size.width}.png`) });
      };
      await choose(window.getByTestId('recording-row').first());
      await shoot('recordings');
      await hideTasks(window);
      for (const view of ['retention', 'holds', 'altered']) {
        await window.getByTestId(`view-${view}`).click();
        await shoot(view);
      }
      await window.getByTestId('library-settings').click();
      await expect(window.getByTestId('library-settings-form')).toBeVisible();
      await shoot('settings');
      await window.keyboard.press('Escape');
      await window.getByTestId('library-import').click();
      await expect(window.getByTestId('import-paths')).toBeVisible();
      await shoot('import');
    });
  }
}

test('three thousand recordings are listed, sorted, narrowed and walked through by keyboard', async ({ window, shell }) => {
  const many = 3000;
  const database = new DatabaseSync(path.join(shell.dataDir, 'zhibojian.db'), { timeout: 10_000 });
  const addSession = database.prepare('INSERT INTO sessions (id, room_id, start_ms, end_ms, media_segments, media_bytes, media_ms, file_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const addCheck = database.prepare('INSERT INTO verifications (session_id, at_ms, altered) VALUES (?, ?, 0)');
  const hour = 3_600_000;
  const firstMs = Date.now() - 80 * 24 * hour;
  database.exec('BEGIN');
  for (let i = 0; i < many; i += 1) {
    const bytes = ((i * 7919) % many + 1) * 1_000_000;
    addSession.run(`many-${i}`, `archive-${i % 3}`, firstMs + i * (hour / 2), firstMs + i * (hour / 2) + hour, 600, bytes, hour, bytes);
    addCheck.run(`many-${i}`, Date.now());
  }
  database.exec('COMMIT');
  database.close();
  await openLibrary(window);
  const rows = window.getByTestId('recording-row');
  const count = window.getByTestId('recording-count');
  await expect.poll(async () => Number.parseInt(await count.textContent() ?? '', 10)).toBeGreaterThanOrEqual(many);
  await expect(rows).toHaveCount(50);
  await window.getByRole('columnheader', { name: '大小' }).click();
  await expect(rows.first()).toContainText('3.0 GB');
  await expect(rows.nth(1)).toContainText('3.0 GB');
  for (let i = 0; i < 51; i += 1) await window.keyboard.press('j');
  await expect(window.locator('.ant-pagination-item-active')).toHaveText('2');
  await expect(rows.first()).toHaveAttribute('aria-current', 'true');
  await window.keyboard.press('/');
  await window.keyboard.type('archive-1');
  await window.keyboard.press('Enter');
  await expect(count).toHaveText('1000 场');
  await expect(window.locator('.ant-pagination-item-active')).toHaveText('1');
});
