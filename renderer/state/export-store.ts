import { create } from 'zustand';
import type { FlagId, RoomId } from '../../electron/contract/index.ts';

/** A range that a person wants as evidence, before they confirmed the dialog. */
export type ExportDraft = { roomId: RoomId; fromMs: number; toMs: number; flagIds: FlagId[] };

/** The draft that the export dialog shows; null while it is closed. */
export const useExportDraft = create<{ draft: ExportDraft | null }>()(() => ({ draft: null }));

/** Opens the export dialog on a range; any screen may call it, the shell shows it. */
export function openExport(draft: ExportDraft): void {
  useExportDraft.setState({ draft });
}

/** Closes the export dialog. */
export function closeExport(): void {
  useExportDraft.setState({ draft: null });
}
