declare module 'm3u8-parser' {
  export class Parser {
    constructor(options?: { uri?: string; mainDefinitions?: Record<string, string> });
    manifest: unknown;
    push(text: string): void;
    end(): void;
  }
}
