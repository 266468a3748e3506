declare module 'm3u8-parser' {
  export class Parser {
    manifest: unknown;
    push(text: string): void;
    end(): void;
  }
}
