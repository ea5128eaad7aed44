/* An alert in words. */
import { count } from '../format.js';
import { t } from '../i18n.js';
import { orgName } from '../names.js';

export function alertText(alert) {
	const key = `alert.${alert.kind}`;
	const text = t(key, { n: count(alert.count) });
	const said = text === key ? `${alert.kind} (${count(alert.count)})` : text;
	if (!alert.org_id) return said;
	return t('alert.of', { org: orgName(alert.org_id), text: said });
}
