// The first referral, from both sides: a health centre sends a patient, a hospital takes it.

import { randomUUID } from 'node:crypto'
import { Hospital } from './hospital.mjs'

const { HUB_COUNTY = '990121', HUB_CONSORTIUM = 'QX-1' } = process.env
const centre = new Hospital(process.env.HUB_SENDER ?? '990121-T01', HUB_COUNTY, HUB_CONSORTIUM)
const hospital = new Hospital(process.env.HUB_RECEIVER ?? '990121-H01', HUB_COUNTY, HUB_CONSORTIUM)

function show(who, { name, fields }) {
  const told = ['state', 'to_org_id', 'final_state', 'cause', 'reason_code', 'reason', 'repeat_of']
    .filter((key) => fields[key])
    .map((key) => `${key}=${fields[key]}`)
  console.log(who.orgId, name, ...told)
}

async function main() {
  await Promise.all([centre.connect(), hospital.connect()])

  // The hospital offers slots.
  const hour = 3600 * 1000
  const opened = await hospital.send('SlotsOpened', {
    org_id: hospital.orgId, session_id: `node-${randomUUID()}`, revision: 1, specialty: '03.04', need: 'OUTPATIENT',
    starts_at: Date.now() + hour, ends_at: Date.now() + 5 * hour, capacity: 4,
  })
  show(hospital, await hospital.answerTo(opened))

  // The health centre refers a patient.
  const requested = await centre.send('ReferralRequested', {
    referral_id: `${centre.orgId}-${randomUUID()}`,
    patient: { patient_id: randomUUID(), sex: 'FEMALE', birth_year: 1957 },
    from_org_id: centre.orgId, direction: 'UP', urgency: 'ROUTINE', specialty: '03.04', diagnosis: 'I20.0',
    need: 'OUTPATIENT', preferred_org_id: hospital.orgId,
  })
  console.log('referral', requested.referral_id)
  const answer = await centre.answerTo(requested)
  show(centre, answer)
  if (answer.name !== 'ReferralRouted') throw new Error('it waits, or was refused: see the line above')

  // The hospital is asked, sees the patient, and says so.
  const ofIt = (record) => ({ name, fields }) => name === record && fields.referral_id === requested.referral_id
  const asked = await hospital.decision(ofIt('ReferralRouted'))
  const about = { referral_id: asked.fields.referral_id, org_id: hospital.orgId }
  for (const step of ['ReferralAccepted', 'PatientArrived']) {
    show(hospital, await hospital.answerTo(await hospital.send(step, about)))
  }
  const completed = await hospital.send('ReferralCompleted', { ...about, outcome: 'TREATED', summary: 'no ischaemia' })

  // The health centre hears how it ended.
  show(centre, await centre.decision(ofIt('ReferralClosed')))

  // The same event again: no second effect, the present state as the answer.
  await hospital.answerTo(completed)
  await hospital.sendAgain('ReferralCompleted', completed)
  show(hospital, await hospital.answerTo(completed))

  // What is wrong is refused, with what to do about it.
  show(centre, await centre.answerTo(await centre.send('ReferralCancelled', {
    referral_id: requested.referral_id, org_id: centre.orgId, reason: 'too late',
  })))
}

try {
  await main()
} finally {
  await Promise.all([centre.close(), hospital.close()])
}
