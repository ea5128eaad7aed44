/* Names for codes: organisations, departments. */
import { t, word } from './i18n.js';
import { me } from './session.js';
import { organisation } from './store.js';

const TOWN_SUFFIX = /(社区卫生服务中心|中心卫生院|卫生院)$/;

/* "清溪县（示例）" -> "清溪县" */
const bare = (name) => (name || '').replace(/[（(].*[)）]$/, '');

/* "03.04" -> cardiology; a finer code that has no name goes by its department's. */
export function specialtyName(code) {
	if (!code) return t('none');
	const key = `specialty.${code}`;
	const name = t(key);
	if (name !== key) return name;
	const parent = code.split('.')[0];
	const of = t(`specialty.${parent}`);
	return of === `specialty.${parent}` ? code : `${of} ${code}`;
}

/* The name of an organisation, without its county's name where that is the viewer's own. */
export function orgName(orgId) {
	if (!orgId) return t('none');
	const org = organisation(orgId);
	if (!org) return orgId;
	const county = bare(me()?.county_name);
	return county && org.name.startsWith(county) && org.name.length > county.length ? org.name.slice(county.length) : org.name;
}

export const orgFullName = (orgId) => (orgId ? organisation(orgId)?.name || orgId : t('none'));

/* For a wall: a township's health centre goes by its township. */
export function orgShortName(orgId) {
	const name = orgName(orgId);
	const short = name.replace(TOWN_SUFFIX, '');
	return short.length > 1 ? short : name;
}

/* "cardiology", "CT" of an exam, "bed" with its kind. */
export function needText(row) {
	if (row.need === 'EXAM' && row.exam_item) return `${t('need.EXAM')} ${word('exam', row.exam_item)}`;
	if (row.need === 'BED' && row.bed_kind) return `${t('need.BED')} · ${word('bed', row.bed_kind)}`;
	return word('need', row.need);
}
