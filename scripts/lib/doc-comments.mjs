import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Names exported from a TypeScript file without a doc comment above them, as `name:line`. */
export function findUndocumented(file, text = readFileSync(file, 'utf8')) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const documented = new Set();
  const missing = [];
  for (const statement of source.statements) {
    if (!ts.canHaveModifiers(statement) || !ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) continue;
    const names = ts.isVariableStatement(statement) ? statement.declarationList.declarations.map((declaration) => declaration.name.getText(source))
      : statement.name === undefined ? ['default'] : [statement.name.getText(source)];
    const hasComment = (ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? []).some((range) => text.startsWith('/**', range.pos));
    for (const name of names) {
      // A schema and its type share a name, an overload shares its first signature's: one comment serves both.
      if (hasComment) documented.add(name);
      else if (!documented.has(name)) missing.push(`${name}:${source.getLineAndCharacterOfPosition(statement.getStart(source)).line + 1}`);
    }
  }
  return missing;
}
