/* Language and colours. */
import { html } from '../../vendor/lit-html/lit-html.js';
import { chooseLanguage, language, t } from '../i18n.js';
import { paint } from '../paint.js';
import { chooseTheme, theme, THEMES } from '../theme.js';

const OTHER = { zh: ['en', 'English'], en: ['zh', '中文'] };

/* Names the other language in itself, for whoever cannot read this one. */
export function languageSwitch() {
	const [code, name] = OTHER[language()];
	return html`<button type="button" class="quiet-button" lang=${code === 'zh' ? 'zh-CN' : 'en'} @click=${() => chooseLanguage(code).then(paint)}>${name}</button>`;
}

export const themeSwitch = () => html`<label class="select"><span>${t('theme')}</span>
	<select @change=${(event) => (chooseTheme(event.target.value), paint())}>
		${THEMES.map((name) => html`<option value=${name} ?selected=${name === theme()}>${t(`theme.${name}`)}</option>`)}
	</select></label>`;
