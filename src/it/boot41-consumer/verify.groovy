// This project has started the first example of the page on Spring: its dependencies are in the pom, its configuration is the file.

def block(List<String> lines, String language) {
    def from = lines.findIndexOf { it == '```' + language }
    def to = lines.findIndexOf(from + 1) { it == '```' }
    if (from < 0 || to < 0) {
        throw new IllegalStateException("no block of $language")
    }
    lines.subList(from + 1, to)
}

def page = new File(basedir, '../../../../src/site/markdown/spring.md').readLines('UTF-8')
def pom = new File(basedir, 'pom.xml').getText('UTF-8')
def started = new File(basedir, 'src/main/resources/application.yaml').readLines('UTF-8')

def missing = block(page, 'xml').findAll { it.contains('<artifactId>') }.collect { it.strip().replaceFirst(/ *<!--.*/, '') }
        .findAll { !pom.contains(it) }
if (missing) {
    throw new IllegalStateException("spring.md has dependencies that were not tried: $missing")
}
def shown = block(page, 'yaml')
if (shown != started) {
    throw new IllegalStateException("spring.md shows\n${shown.join('\n')}\nbut what was started is\n${started.join('\n')}")
}
true
