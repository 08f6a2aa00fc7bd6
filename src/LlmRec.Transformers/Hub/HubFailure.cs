namespace LlmRec.Transformers;

/// <summary>Why something could not be had from a hub.</summary>
public enum HubFailure
{
    /// <summary>There is no such repository, or it is private and no token was given that may see it.</summary>
    RepositoryNotFound,

    /// <summary>The repository has no such branch, tag or commit.</summary>
    RevisionNotFound,

    /// <summary>The revision has no such file, or none that the patterns let pass.</summary>
    FileNotFound,

    /// <summary>The token is missing, wrong, or its owner has not accepted the repository's terms.</summary>
    AccessDenied,

    /// <summary>The hub cannot be reached, or goes on answering that it is busy.</summary>
    Unavailable,

    /// <summary>What arrived is not what was announced: size or hash differ.</summary>
    WrongContent,

    /// <summary>Offline mode, and the cache does not hold it.</summary>
    NotInCache,

    /// <summary>The hub's answer cannot be understood, or names a file outside of the folder.</summary>
    BadAnswer,

    /// <summary>The repository has its weights as pickles only, which can run code when they are opened.</summary>
    PickledWeights,
}
