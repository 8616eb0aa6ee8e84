// Names what PHP 7.4 can't read in each PHP file that is an argument: {"file": ["line 3: nullsafe", ...]} as JSON.
import { readFileSync } from "node:fs"
import Parser from "php-parser"

const FUNCTIONS = new Set(
  ("str_contains str_starts_with str_ends_with get_debug_type get_resource_id fdiv preg_last_error_msg array_is_list " +
    "enum_exists fsync fdatasync array_find array_any array_all json_validate mb_str_pad mb_trim").split(" "),
)
const TYPES = new Set(["mixed", "static", "never", "null", "false", "true"])

// The parser itself refuses match, ?->, named arguments, throw as an expression, enums, a comma after the last
// parameter and a catch without a variable; these it reads whatever version it is told.
function younger(node) {
  if (node.kind === "uniontype" || node.kind === "intersectiontype") return node.kind
  if (node.kind === "parameter" && node.flags) return "a promoted parameter"
  if (node.kind === "parameter" && node.value?.kind === "new") return "new as a default"
  if (node.kind === "parameter" && TYPES.has(node.type?.name) && node.type.kind !== "selfreference") return `type ${node.type.name}`
  if ((node.kind === "function" || node.kind === "method") && node.type && (TYPES.has(node.type.name) || node.type.kind === "staticreference"))
    return `type ${node.type.name ?? node.type.raw}`
  if (node.readonly || node.isReadonly) return "readonly"
  if (node.kind === "call" && FUNCTIONS.has(node.what?.name?.toLowerCase?.())) return `${node.what.name}()`
}

function walk(node, found) {
  if (!node || typeof node !== "object") return
  if (Array.isArray(node)) return node.forEach((each) => walk(each, found))
  if (node.kind) {
    const what = younger(node)
    if (what) found.push(`line ${node.loc?.start.line}: ${what}`)
  }
  for (const [name, value] of Object.entries(node)) if (name !== "loc") walk(value, found)
}

function read(file) {
  const found = []
  const parser = new Parser({ parser: { version: 704, suppressErrors: false }, ast: { withPositions: true } })
  try {
    walk(parser.parseCode(readFileSync(file, "utf8"), file), found)
  } catch (wrong) {
    found.push(`line ${wrong.lineNumber ?? "?"}: ${wrong.message}`)
  }
  return found
}

console.log(JSON.stringify(Object.fromEntries(process.argv.slice(2).map((file) => [file, read(file)]))))
