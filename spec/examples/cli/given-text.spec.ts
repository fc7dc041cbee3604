import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { UsageError } from '../../../examples/cli/exit.ts'
import { checkWords, textOfFile, textOfInput } from '../../../examples/cli/given-text.ts'

const caf = Buffer.from('caf\xe9', 'latin1')

describe('command line: input 17: values from elsewhere', () => {
  it('are what the bytes say, a mark at their beginning and a new line at their end too, or refused', async () => {
    const text = '\ufeffcafé\n'
    expect(
      await textOfInput(Readable.from([Buffer.from(text).subarray(0, 7), Buffer.from(text).subarray(7)])),
    ).to.equal(text)
    const found = await textOfInput(Readable.from([caf])).catch((error: Error) => error)
    expect(found)
      .to.be.instanceOf(UsageError)
      .with.property('message')
      .that.matches(/input is no UTF-8 \(byte 3 of 4\).*base64/)
    const long = Readable.from(Array.from({ length: 17 }, () => Buffer.alloc(1_048_576)))
    expect(await textOfInput(long).catch((error: Error) => error)).to.be.instanceOf(UsageError)
    const directory = mkdtempSync(join(tmpdir(), 'epaxos-values-'))
    try {
      const file = join(directory, 'value')
      writeFileSync(file, text)
      expect(textOfFile(file)).to.equal(text)
      writeFileSync(file, caf)
      expect(() => textOfFile(file)).to.throw(UsageError, /no UTF-8 \(byte 3 of 4\)/)
      expect(() => textOfFile(join(directory, 'none'))).to.throw(UsageError, /ENOENT/)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('words are taken as they are, unless the system has other bytes for them', () => {
    const line = (...words: readonly Uint8Array[]) => Buffer.concat(words.flatMap(word => [word, Buffer.from([0])]))
    checkWords(['café'], () => line(Buffer.from('café')))
    checkWords(['\ufffd'], () => line(Buffer.from('\ufffd')))
    checkWords(['a'], () => {
      throw new Error('nobody asks without a reason')
    })
    expect(() => checkWords(['caf\ufffd'], () => line(caf))).to.throw(UsageError, /argument is no UTF-8.*base64/)
    expect(() => checkWords(['caf\ufffd'], () => undefined), 'who knows').to.throw(UsageError, /--file/)
  })
})
