/* What narrows a list. Each is part of the address, so that a list can be kept and passed on. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { live } from '../../vendor/lit-html/directives/live.js';
import { query } from '../api.js';
import { t, word } from '../i18n.js';
import { orgName, specialtyName } from '../names.js';
import { go } from '../router.js';
import { shape } from './shape.js';

const SORTS = ['due', 'requested', 'urgency'];
const URGENCIES = ['EMERGENCY', 'URGENT', 'ROUTINE'];
/* Set by links only: shown with a cross to take them away. */
const CHIPS = {
	from: orgName,
	to: orgName,
	org: orgName,
	state: (value) => value.split(',').map((one) => word('state', one)).join(t('list_comma')),
	specialty: specialtyName,
	overdue: (value) => t(`filter.overdue.${value}`),
	due_before: (value) => value.slice(0, 16).replace('T', ' '),
};

const set = (params, name, value) => go(`/referrals${query({ ...params, [name]: value })}`, { replace: true });

const chip = (params, name) => html`<span class="chip">
	<span>${t(`filter.${name}`)} ${CHIPS[name](params[name])}</span>
	<button type="button" aria-label=${t('filter.remove', { name: t(`filter.${name}`) })} @click=${() => set(params, name, '')}>${shape('cross')}</button>
</span>`;

function search(params) {
	const submit = (event) => {
		event.preventDefault();
		set(params, 'q', new FormData(event.target).get('q').trim());
	};
	return html`<form class="search" role="search" @submit=${submit}>
		<label for="q" class="hidden">${t('filter.q')}</label>
		<input id="q" name="q" type="search" maxlength="64" autocomplete="off" placeholder=${t('filter.q')} .value=${live(params.q || '')}
			@search=${(event) => event.target.value === '' && params.q && set(params, 'q', '')}>
	</form>`;
}

const select = (params, name, values, label, any) => html`<label class="select"><span>${label}</span>
	<select @change=${(event) => set(params, name, event.target.value)}>
		${any ? html`<option value="" ?selected=${!params[name]}>${any}</option>` : nothing}
		${values.map((value) => html`<option value=${value} ?selected=${params[name] === value}>${name === 'sort' ? word('sort', value) : word('urgency', value)}</option>`)}
	</select></label>`;

/* params: those of the address that narrow or order. */
export function filters(params) {
	return html`<div class="filters">
		${search(params)}
		${select(params, 'urgency', URGENCIES, t('filter.urgency'), t('filter.any'))}
		${select({ sort: 'due', ...params }, 'sort', SORTS, t('filter.sort'))}
		${Object.keys(CHIPS).filter((name) => params[name]).map((name) => chip(params, name))}
	</div>`;
}
