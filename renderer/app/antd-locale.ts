import type { ConfigProviderProps } from 'antd';
import enUS from 'antd/es/locale/en_US.js';
import zhCN from 'antd/es/locale/zh_CN.js';
import 'dayjs/locale/zh-cn.js';

type Locale = NonNullable<ConfigProviderProps['locale']>;

/** The bundler hands over the locale itself, the type checker sees it inside `default`; this takes either. */
function unwrap(module: Locale | { default: Locale }): Locale {
  return 'default' in module ? module.default : module;
}

/** The component library's own words in both languages. */
export const antdLocales: Record<'zh' | 'en', Locale> = { zh: unwrap(zhCN), en: unwrap(enUS) };
