/**
 * A write-ahead record of every chunk: that it is about to be sent, and its outcome ({@link
 * io.ramet.reactor.journal.CloneJournal}). In a database, {@code PlanTable} holds claims, leases and fencing numbers,
 * {@code Fence} the rule that a write needs a claim,
 * and {@code ChunkTable} the states of a chunk. {@code MemoryJournal} is the bounded form in memory.
 */
@NullMarked
package io.ramet.reactor.journal;

import org.jspecify.annotations.NullMarked;
