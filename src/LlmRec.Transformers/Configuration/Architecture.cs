namespace LlmRec.Transformers;

/// <summary>A family of checkpoints: what the keys are called and which blocks they fill.</summary>
public enum Architecture
{
    /// <summary>BERT and what shares its shape: MiniLM, BGE, GTE, E5 (J. Devlin et al., arXiv:1810.04805).</summary>
    Bert,

    /// <summary>RoBERTa, XLM-RoBERTa and CamemBERT: BERT whose positions start after the padding id (Y. Liu et al., arXiv:1907.11692).</summary>
    Roberta,

    /// <summary>DistilBERT: BERT without token types (V. Sanh et al., arXiv:1910.01108).</summary>
    DistilBert,

    /// <summary>MPNet: BERT with a relative position bias shared by all layers (K. Song et al., arXiv:2004.09297).</summary>
    MPNet,

    /// <summary>ModernBERT: rotary positions, alternating local attention, gated feed-forward (B. Warner et al., arXiv:2412.13663).</summary>
    ModernBert,

    /// <summary>The encoder of T5, mT5 and FLAN-T5 (C. Raffel et al., arXiv:1910.10683).</summary>
    T5,

    /// <summary>Llama and what shares its shape (H. Touvron et al., arXiv:2302.13971).</summary>
    Llama,

    /// <summary>Mistral: Llama with a sliding window (A. Jiang et al., arXiv:2310.06825).</summary>
    Mistral,

    /// <summary>Qwen 2 and 2.5: Llama with biases on queries, keys and values (arXiv:2407.10671).</summary>
    Qwen2,

    /// <summary>Qwen 3: a norm on every head's queries and keys (arXiv:2505.09388).</summary>
    Qwen3,

    /// <summary>Gemma 3 and EmbeddingGemma: four norms a layer, local and global layers (arXiv:2503.19786, arXiv:2509.20354).</summary>
    Gemma3,

    /// <summary>GPT-2 (A. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019).</summary>
    Gpt2,
}
