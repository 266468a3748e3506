import { create } from 'zustand';

/** What Enter and the review keys act on: the lead or the tile that was chosen last. */
export type Focus = { kind: 'lead' | 'tile'; id: string } | null;

/** The choice in force; a click or a movement key sets it. */
export const useFocus = create<{ focus: Focus }>()(() => ({ focus: null }));

/** Chooses a lead or a tile. */
export function setFocus(focus: Focus): void {
  useFocus.setState({ focus });
}
