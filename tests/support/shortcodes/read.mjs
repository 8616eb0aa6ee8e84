// Reads shortcodes by WordPress's own package: a text as JSON on each line in, its nodes as JSON on each line out.
// The tags are the arguments. A node is a text, or [tag, named, positional, content or null].
import { createInterface } from "node:readline"
import shortcode from "@wordpress/shortcode"

const tags = process.argv.slice(2).join("|")

function read(text) {
  const nodes = []
  let said = "", done = 0
  const flush = () => {
    if (said) nodes.push(said)
    said = ""
  }
  for (const match of text.matchAll(shortcode.regexp(tags))) {
    const [whole, left, , , , , , right] = match
    said += text.slice(done, match.index)
    done = match.index + whole.length
    // The package leaves what is escaped to its caller; WordPress on the server takes one pair of brackets off.
    if (left && right) {
      said += whole.slice(1, -1)
      continue
    }
    const { tag, attrs, type, content } = shortcode.fromMatch(match)
    said += left
    flush()
    nodes.push([tag, attrs.named, attrs.numeric, type === "closed" ? read(content) : null])
    said = right
  }
  said += text.slice(done)
  flush()
  return nodes
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(JSON.stringify(read(JSON.parse(line))) + "\n")
