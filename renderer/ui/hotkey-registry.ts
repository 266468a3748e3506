import { useEffect, useRef } from 'react';
import { create } from 'zustand';

/** One shortcut: `keys` are values of KeyboardEvent.key, letters in lower case, `shift+` before a letter where it matters; `run` returning false passes the key on. */
export type Hotkey = { keys: readonly string[]; label: string; run: (event: KeyboardEvent) => void | boolean };

/** Shortcuts of one part of the window, under a heading; a higher priority hears a key first. */
export type HotkeyGroup = { id: number; title: string; priority: number; hotkeys: readonly Hotkey[] };

/** The groups that are on screen now, for the overlay. */
export const useHotkeyGroups = create<{ groups: readonly HotkeyGroup[] }>()(() => ({ groups: [] }));

let nextId = 1;

/** The name of a key press as shortcuts spell it. */
export function nameKey(event: Pick<KeyboardEvent, 'key' | 'shiftKey'>): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.shiftKey && /^[a-z]$/.test(key) ? `shift+${key}` : key;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="combobox"], .ant-select')) return true;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type));
}

function isShown(element: Element): boolean {
  return element.getClientRects().length > 0;
}

/** Whether a dialog hears the keys: its box is shown and not on its way out. Its wrapper does not tell: it outlives the box by a turn of the event loop, longer under load, and U right after a dismissal must undo it. */
function isModalOpen(): boolean {
  return [...document.querySelectorAll('.ant-modal-wrap .ant-modal')].some((box) => isShown(box) && !/-leave\b/.test(box.className))
    || [...document.querySelectorAll('.ant-popover:not(.ant-popover-hidden) input')].some(isShown);
}

/** Hears keys for the whole window until the returned function is called. */
export function watchHotkeys(): () => void {
  const hear = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || isModalOpen()) return;
    // A focused button answers Enter and space itself.
    if ((event.key === 'Enter' || event.key === ' ') && event.target instanceof HTMLElement && event.target.closest('button, a, [role="menuitem"]')) return;
    const key = nameKey(event);
    const groups = [...useHotkeyGroups.getState().groups].sort((a, b) => b.priority - a.priority || b.id - a.id);
    for (const group of groups) {
      for (const hotkey of group.hotkeys) {
        if (hotkey.keys.includes(key) && hotkey.run(event) !== false) {
          event.preventDefault();
          return;
        }
      }
    }
  };
  window.addEventListener('keydown', hear);
  return () => window.removeEventListener('keydown', hear);
}

/** Registers shortcuts while the component is mounted. Priorities in use: shell 0, leads panel 5, screens 10. */
export function useHotkeys(title: string, hotkeys: readonly Hotkey[], priority = 10, active = true): void {
  const latest = useRef(hotkeys);
  useEffect(() => {
    latest.current = hotkeys;
  });
  const shape = hotkeys.map((each) => `${each.keys.join(' ')}:${each.label}`).join('|');
  useEffect(() => {
    if (!active) return undefined;
    const id = nextId++;
    const stable = latest.current.map((each, i) => ({ ...each, run: (event: KeyboardEvent) => latest.current[i]?.run(event) }));
    useHotkeyGroups.setState(({ groups }) => ({ groups: [...groups, { id, title, priority, hotkeys: stable }] }));
    return () => useHotkeyGroups.setState(({ groups }) => ({ groups: groups.filter((group) => group.id !== id) }));
  }, [title, shape, priority, active]);
}
