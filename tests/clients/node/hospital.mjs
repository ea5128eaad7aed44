// A hospital's connection to the hub: what it says, and the decisions that concern it.

import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import lz4 from 'lz4js'
import { Schemas } from './hub-schemas.mjs'

const { CompressionCodecs, CompressionTypes, Kafka, Partitioners, logLevel } = kafkajs
const prefix = process.env.HUB_TOPIC_PREFIX ?? ''
const schemas = new Schemas(new URL('../../../schemas/history/', import.meta.url), process.env.HUB_CLIENT_SCHEMAS)
const kafka = new Kafka({
  brokers: (process.env.HUB_KAFKA_BOOTSTRAP_SERVERS ?? '127.0.0.1:19092').split(','),
  logLevel: logLevel.ERROR,
})

// The hub compresses its decisions with LZ4, which KafkaJS does not bring itself.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async (bytes) => Buffer.from(lz4.decompress(bytes)),
})

export class Hospital {
  #producer = kafka.producer({
    idempotent: true, // acks=all, no doubles by a retry
    maxInFlightRequests: 5,
    createPartitioner: Partitioners.DefaultPartitioner, // murmur2: the same county on the same partition
  })
  #consumer
  #kept = [] // decisions that nobody has taken yet
  #told = () => {}
  #seen = new Set() // in earnest: a table of your database, written with what you do about the decision

  constructor(orgId, countyId, consortiumId) {
    Object.assign(this, { orgId, countyId, consortiumId })
    // Only what is committed is given to it: decisions are written in transactions (readUncommitted is false).
    this.#consumer = kafka.consumer({ groupId: `${orgId}.node`, maxWaitTimeInMs: 100 })
  }

  async connect() {
    await this.#producer.connect()
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topic: `${prefix}referral.decisions`, fromBeginning: true })
    await this.#consumer.run({ eachMessage: async ({ message }) => this.#take(message) })
  }

  async close() {
    await this.#consumer.disconnect()
    await this.#producer.disconnect()
  }

  // Each decision that concerns this hospital, once.
  #take(message) {
    const { name, fields } = schemas.decode(message.value)
    if (!fields.party_org_ids.includes(this.orgId) || this.#seen.has(fields.event_id)) return
    this.#seen.add(fields.event_id)
    this.#kept.push({ name, fields })
    this.#told()
  }

  // The next decision for which `matches` is true; those before it are passed over.
  async decision(matches, seconds = 30) {
    const deadline = Date.now() + seconds * 1000
    for (;;) {
      while (this.#kept.length > 0) {
        const each = this.#kept.shift()
        if (matches(each)) return each
      }
      if (Date.now() > deadline) throw new Error(`${this.orgId}: no such decision within ${seconds} s (hubctl dlq list?)`)
      await new Promise((resolve) => {
        this.#told = resolve
        setTimeout(resolve, 100)
      })
    }
  }

  // The hub's answer to an event of this hospital.
  answerTo(event) {
    return this.decision(({ fields: { answers } }) =>
      answers?.source_org_id === this.orgId && answers.event_id === event.event_id)
  }

  // Says something; gives back the event, which sent again (`sendAgain`) has no second effect.
  async send(name, fields) {
    const event = {
      event_id: randomUUID(),
      occurred_at: Date.now(),
      county_id: this.countyId,
      consortium_id: this.consortiumId,
      source_org_id: this.orgId,
      ...fields,
    }
    await this.sendAgain(name, event)
    return event
  }

  // Throws when it is not sure that it arrived; it may have, so send the same event again.
  async sendAgain(name, event) {
    await this.#producer.send({
      topic: `${prefix}referral.events`,
      acks: -1,
      messages: [{ key: event.county_id, value: schemas.encode(name, event) }],
    })
  }
}
