// The consumers have compiled and run what the README and the page on Spring show first.

def site = new File(basedir, '../../site/markdown')

def lines(File folder, String path) {
    new File(folder, path).readLines('UTF-8')
}

def between(List<String> lines, String begin, String end) {
    def from = lines.findIndexOf { it.strip() == begin }
    def to = lines.findIndexOf(from + 1) { it.strip() == end }
    if (from < 0 || to < 0) {
        throw new IllegalStateException("no block from '$begin' to '$end'")
    }
    lines.subList(from + 1, to)
}

def unindented(List<String> block) {
    int indent = block.findAll { !it.blank }.collect { it.length() - it.stripLeading().length() }.min()
    block.collect { it.blank ? '' : it.substring(indent) }
}

def same(String page, List<String> shown, List<String> run) {
    if (shown != run) {
        throw new IllegalStateException("$page shows\n${shown.join('\n')}\nbut what was run is\n${run.join('\n')}")
    }
}

// The first block of Java in the README: its imports, then the code between the marks.
def readme = lines(basedir, '../../../README.md')
def program = lines(basedir, 'plain-consumer/src/main/java/shop/Clones.java')
def imports = program.findAll { it.startsWith('import ') && !it.startsWith('import java.') }
same('README.md', unindented(between(readme, '```java', '```')),
        imports + [''] + unindented(between(program, '// README: begin', '// README: end')))

// The first example of the page on Spring: its dependencies are in the pom, its configuration is the file.
def spring = lines(site, 'spring.md')
def pom = new File(basedir, 'boot41-consumer/pom.xml').getText('UTF-8')
def missing = between(spring, '```xml', '```').findAll { it.contains('<artifactId>') }
        .collect { it.strip().replaceFirst(/ *<!--.*/, '') }.findAll { !pom.contains(it) }
if (missing) {
    throw new IllegalStateException("spring.md has dependencies that were not tried: $missing")
}
same('spring.md', between(spring, '```yaml', '```'), lines(basedir, 'boot41-consumer/src/main/resources/application.yaml'))
true
