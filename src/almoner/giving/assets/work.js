// Under attack the server asks for work: a number whose hash with the salt begins with so many zero bits.
const work = async (field) => {
  for (let n = 0; ; n++) {
    const bytes = new TextEncoder().encode(field.dataset.salt + ":" + n)
    const hash = new DataView(await crypto.subtle.digest("SHA-256", bytes))
    if (Math.clz32(hash.getUint32(0)) >= field.dataset.bits) return n
  }
}
