/** Who listens to what, for sockets that the engine does not know: streamed responses. */
export class Topics<Listener> {
  readonly #topics = new Map<string, Set<Listener>>();

  subscribe(topic: string, listener: Listener): void {
    const listening = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, listening.add(listener));
  }

  unsubscribe(topic: string, listener: Listener): void {
    const listening = this.#topics.get(topic);
    listening?.delete(listener);
    if (listening?.size === 0) this.#topics.delete(topic);
  }

  isListenedTo(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /** A copy: whoever hears may leave. */
  listening(topic: string): readonly Listener[] {
    return [...(this.#topics.get(topic) ?? [])];
  }
}
