import { Modal } from 'antd';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { useHotkeyGroups, useHotkeys } from './hotkey-registry.ts';
import type { Hotkey, HotkeyGroup } from './hotkey-registry.ts';
import { defineText, useText } from './i18n.ts';

const text = defineText({ title: '快捷键', shell: '全局', show: '显示本表' }, { title: 'Shortcuts', shell: 'Everywhere', show: 'Show this list' });

const keyNames: Record<string, string> = { ' ': '␣', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Enter: '↵', Escape: 'Esc' };

/** How a key is written on its cap. */
function nameCap(key: string): string {
  if (key.startsWith('shift+')) return `⇧ ${key.slice(6).toUpperCase()}`;
  return keyNames[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** The caps of a shortcut; a row of digits is written as its ends. */
function listCaps(keys: readonly string[]): string[] {
  const caps = keys.filter((key) => key !== '？').map(nameCap);
  return caps.length > 4 ? [`${caps[0]} – ${caps[caps.length - 1]}`] : caps;
}

/** One section per heading, screens before the shell. */
function joinGroups(groups: readonly HotkeyGroup[]): { title: string; hotkeys: readonly Hotkey[] }[] {
  const byTitle = new Map<string, Hotkey[]>();
  for (const group of [...groups].sort((a, b) => b.priority - a.priority)) byTitle.set(group.title, [...(byTitle.get(group.title) ?? []), ...group.hotkeys]);
  return [...byTitle].map(([title, hotkeys]) => ({ title, hotkeys }));
}

/** The list of shortcuts that work on this screen, opened by `?`. */
export function HotkeyOverlay(): ReactElement {
  const t = useText(text);
  const [open, setOpen] = useState(false);
  const groups = useHotkeyGroups((s) => s.groups);
  useHotkeys(t('shell'), [{ keys: ['?', '？'], label: t('show'), run: () => setOpen(true) }], 0);
  return (
    <Modal open={open} onCancel={() => setOpen(false)} footer={null} title={t('title')} width={640} data-testid="hotkey-overlay">
      <div className="hotkey-groups">
        {joinGroups(groups).map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.hotkeys.map((hotkey) => (
                <div key={hotkey.label}>
                  <dt>{listCaps(hotkey.keys).map((cap) => <kbd key={cap}>{cap}</kbd>)}</dt>
                  <dd>{hotkey.label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
