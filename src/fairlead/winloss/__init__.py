"""What decided a closed deal, said twice: by who sold it and, to somebody neutral, by who bought it or did not."""
