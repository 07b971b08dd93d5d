/** One plan: its run, its scheduler, its subscribers, its check and its audit. Internal: only the client uses it. */
@NullMarked
package io.ramet.reactor.run;

import org.jspecify.annotations.NullMarked;
