/* What stands around every view: where one is, whether it is alive, what time it is, who one is. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { now } from '../clock.js';
import { clockTime, date } from '../format.js';
import { t, word } from '../i18n.js';
import { me } from '../session.js';
import { brand } from './brand.js';
import { openHelp } from './help.js';
import { streamMark } from './stream_mark.js';
import { languageSwitch, themeSwitch } from './switches.js';

const link = (path, current) => html`<a href=${path} aria-current=${path === current ? 'page' : nothing}>${t(`view.${path.slice(1)}`)}</a>`;

const clock = () => html`<span class="clock" title="Asia/Shanghai"><span class="clock-date">${date(now())}</span> <b>${clockTime(now())}</b> <small>${t('clock.zone')}</small></span>`;

function menu(who, signOut) {
	return html`<details class="menu">
		<summary>${who.name || who.user}</summary>
		<div class="menu-body">
			<p><b>${who.name || who.user}</b><br>${who.org_name || who.org_id}<br><span class="quiet">${word('role', who.role)}</span></p>
			${themeSwitch()}
			<a class="button" href="/live?wall=1" target="_blank" rel="noopener">${t('wall.open')}</a>
			<button type="button" @click=${openHelp}>${t('help.title')}</button>
			<button type="button" @click=${signOut}>${t('sign_out')}</button>
		</div>
	</details>`;
}

function header(path, signOut) {
	const who = me();
	return html`<header class="top">
		<span class="hub">${brand()}<b>${who.county_name || who.hub?.name || t('hub')}</b></span>
		<nav aria-label=${t('views')}>${link('/live', path)}${link('/referrals', path)}${who.sees_operations ? link('/health', path) : nothing}</nav>
		<span class="spacer"></span>
		${streamMark()}${clock()}${languageSwitch()}${menu(who, signOut)}
	</header>`;
}

/* A wall has no controls. */
const wallHeader = () => html`<header class="top">
	<span class="hub">${brand()}<b>${me().county_name || me().hub?.name || t('hub')}</b></span>
	<span class="spacer"></span>${streamMark()}${clock()}
</header>`;

export const shell = ({ path, wall, view, signOut }) => html`
	${wall ? nothing : html`<a class="skip" href="#main">${t('skip')}</a>`}
	${wall ? wallHeader() : header(path, signOut)}
	<main id="main" tabindex="-1">${view}</main>`;
