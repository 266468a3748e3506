import { theme } from 'antd';
import type { ThemeConfig } from 'antd';
import { fontFamily, sizes, themes } from '../ui/theme.ts';
import type { ThemeName } from '../ui/theme.ts';

/** The component library in the window's look: neutral, flat, small radius, no motion to speak of. */
export function makeAntdTheme(name: ThemeName): ThemeConfig {
  const c = themes[name];
  return {
    algorithm: name === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      fontFamily, fontSize: 13, fontSizeSM: 12.5, controlHeight: 28, controlHeightSM: 23, controlHeightLG: 34, borderRadius: sizes.radius, wireframe: false, motionDurationFast: '0.06s', motionDurationMid: '0.1s', motionDurationSlow: '0.12s',
      colorPrimary: c.primary, colorInfo: c.primary, colorLink: c.text, colorLinkHover: c.focus, colorError: c.veto, colorWarning: c.high, colorSuccess: c.textSoft,
      colorBgBase: c.page, colorBgContainer: c.panel, colorBgElevated: c.raised, colorBgLayout: c.page, colorTextBase: c.text,
      colorText: c.text, colorTextSecondary: c.textSoft, colorTextTertiary: c.textFaint, colorBorder: c.lineStrong, colorBorderSecondary: c.line, colorTextLightSolid: c.onPrimary,
      controlItemBgActive: c.selected, controlItemBgHover: c.hover, boxShadow: '0 2px 10px rgba(0,0,0,0.22)', boxShadowSecondary: '0 2px 10px rgba(0,0,0,0.22)',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', primaryColor: c.onPrimary },
      Table: { headerBg: c.panel, headerColor: c.textFaint, headerSplitColor: 'transparent', rowHoverBg: c.hover, borderColor: c.line, bodySortBg: 'transparent', headerSortActiveBg: c.panel, headerSortHoverBg: c.hover, cellPaddingBlockSM: 6, cellPaddingInlineSM: 10 },
      Tooltip: { colorBgSpotlight: c.raised, colorTextLightSolid: c.text },
      Segmented: { itemSelectedBg: c.selected, itemSelectedColor: c.text, trackBg: c.page },
      Modal: { contentBg: c.raised, headerBg: c.raised, titleFontSize: 14 },
      Form: { itemMarginBottom: 12, verticalLabelPadding: '0 0 2px' },
    },
  };
}
