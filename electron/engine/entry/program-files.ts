import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program's own folder: the checkout, or where the package was unpacked. */
export const programRoot: string = fileURLToPath(new URL('../../../', import.meta.url));
/** The models that ship with the program. */
export const bundledModelsDir: string = join(programRoot, 'models');
/** The rule pack that ships with the program. */
export const rulePackFile: string = join(programRoot, 'resources', 'rules', 'base-pack.json');
/** The built window. */
export const rendererDir: string = join(programRoot, 'dist', 'renderer');
