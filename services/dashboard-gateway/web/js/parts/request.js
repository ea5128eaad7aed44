/* What the request says of the patient. The server gives it to desks that are party to the referral only. */
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { t, word } from '../i18n.js';
import { orgName } from '../names.js';

const fact = (key, value) => (value ? html`<div><dt>${t(`request.${key}`)}</dt><dd>${value}</dd></div>` : nothing);

const medication = (one) => t('request.medication', { name: one.name || one.drug_code, n: one.days_left });

function patient(of) {
	const sex = of.sex ? word('sex', of.sex) : '';
	const born = of.birth_year ? t('request.born', { year: of.birth_year }) : '';
	return [sex, born].filter(Boolean).join(t('list_comma'));
}

export function request(history) {
	const of = history?.request;
	if (!of) return nothing;
	return html`<section class="request"><h3>${t('request.title')}</h3><dl class="facts wide">
		${fact('diagnosis', of.diagnosis)}
		${of.patient ? fact('patient', patient(of.patient)) : nothing}
		${of.patient?.patient_id ? fact('patient_id', html`<code>${of.patient.patient_id}</code>`) : nothing}
		${fact('reason', of.reason)}
		${fact('care_plan', of.care_plan)}
		${of.medications?.length ? fact('medications', of.medications.map(medication).join(t('list_comma'))) : nothing}
		${of.criteria?.length ? fact('criteria', of.criteria.join(', ')) : nothing}
		${of.preferred_org_id ? fact('preferred', orgName(of.preferred_org_id)) : nothing}
	</dl></section>`;
}
