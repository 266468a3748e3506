import { Component } from 'react';
import type { ReactNode } from 'react';

/** Keeps a screen's bug from taking the whole window down; shows `fallback` until the place changes. */
export class ScreenBoundary extends Component<{ children: ReactNode; fallback: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
