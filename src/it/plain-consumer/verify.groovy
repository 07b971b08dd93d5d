// The first block of Java in the README was compiled and run here: its imports, then the code between the marks.

def unindented(List<String> block) {
    int indent = block.findAll { !it.blank }.collect { it.length() - it.stripLeading().length() }.min()
    block.collect { it.blank ? '' : it.substring(indent) }
}

def between(List<String> lines, String begin, String end) {
    def from = lines.findIndexOf { it.strip() == begin }
    def to = lines.findIndexOf(from + 1) { it.strip() == end }
    if (from < 0 || to < 0) {
        throw new IllegalStateException("no block from '$begin' to '$end'")
    }
    unindented(lines.subList(from + 1, to))
}

def readme = new File(basedir, '../../../../README.md').readLines('UTF-8')
def program = new File(basedir, 'src/main/java/shop/Clones.java').readLines('UTF-8')
def shown = between(readme, '```java', '```')
def imports = program.findAll { it.startsWith('import ') && !it.startsWith('import java.') }
def compiled = imports + [''] + between(program, '// README: begin', '// README: end')
if (shown != compiled) {
    throw new IllegalStateException(
            "README.md shows\n${shown.join('\n')}\nbut what is compiled is\n${compiled.join('\n')}")
}
true
